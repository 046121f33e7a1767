from __future__ import print_function

import jieba

if __name__ == "__main__":
    print(jieba.cut("a"))
