if __name__ == "__main__":
    raise SystemExit("nobody asked for this")
