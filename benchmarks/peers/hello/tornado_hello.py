from tornado.web import Application, RequestHandler


class Home(RequestHandler):
    def get(self):
        self.write("Hello, World!")


app = Application([("/", Home)])
