import sys

import tabulate

print(tabulate.tabulate([["coot", 1]]), sys.argv)
