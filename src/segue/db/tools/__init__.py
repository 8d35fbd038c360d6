"""What a developer types about a database: `segue db make`, `dump`, `load`, `reset`.

held                    the databases of an app, as what stands here sees them
commands                what is typed
starting                what a server looks at before it starts
rows, dumping, loading  rows as lines of JSON, both ways
renewing, shell         seed and reset; the shell of the database
"""
