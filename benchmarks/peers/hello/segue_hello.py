from segue import App

app = App()


@app.get("/")
def home():
    return "Hello, World!"
