print("one Python file beside R")
