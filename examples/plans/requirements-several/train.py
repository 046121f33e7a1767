import tensorflow as tf

if __name__ == "__main__":
    print(tf.constant(1))
