def name():
    return "utils"
