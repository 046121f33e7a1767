import sympy

X = sympy.Symbol("x")
