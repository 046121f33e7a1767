"""Entropy of a text."""
import sys
import math

def entropy(text):
    counts = {}
    for letter in text:
        counts[letter] = counts.get(letter, 0) + 1
    total = float(len(text))
    return -sum(n / total * math.log(n / total, 2) for n in counts.itervalues())

if __name__ == "__main__":
    print "entropy:", entropy(sys.argv[1])
