import nltk

if __name__ == "__main__":
    print(nltk.bigrams(["a", "b"]))
