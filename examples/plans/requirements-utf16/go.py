import tqdm

if __name__ == "__main__":
    print(list(tqdm.tqdm(range(2))))
