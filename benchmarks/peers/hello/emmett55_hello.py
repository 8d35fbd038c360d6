from emmett55 import App

app = App(__name__)


@app.route("/")
async def home():
    return "Hello, World!"
