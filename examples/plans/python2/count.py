import urllib2
import numpy as np

if __name__ == "__main__":
    print "open", urllib2.urlopen, np.ones(1)
