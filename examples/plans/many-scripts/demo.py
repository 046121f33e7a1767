import gradio

if __name__ == "__main__":
    print(gradio)
