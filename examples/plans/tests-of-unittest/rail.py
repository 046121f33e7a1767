WET = True
