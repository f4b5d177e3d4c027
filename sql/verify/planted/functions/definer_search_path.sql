alter function app.announce(text, text, uuid) reset search_path;
