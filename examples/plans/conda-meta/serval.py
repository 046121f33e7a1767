import pysam
from Bio import SeqIO

if __name__ == "__main__":
    print(SeqIO, pysam)
