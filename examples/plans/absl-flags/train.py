from absl import app, flags

FLAGS = flags.FLAGS
flags.DEFINE_string("name", None, "Name of the run.")
flags.mark_flag_as_required("name")


def main(_):
    print(FLAGS.name)


if __name__ == "__main__":
    app.run(main)
