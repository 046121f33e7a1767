COLD = True
