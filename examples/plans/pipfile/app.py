import flask
import gensim

app = flask.Flask(__name__)

if __name__ == "__main__":
    print(app, gensim)
