"""Solve the equation of the paper."""

import sympy


def main():
    x = sympy.symbols("x")
    print("roots:", sympy.solve(x**2 - 5 * x + 6, x))


if __name__ == "__main__":
    main()
