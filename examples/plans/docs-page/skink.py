import flax
import jax

if __name__ == "__main__":
    print(jax.numpy.ones(1), flax)
