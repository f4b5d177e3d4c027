grant execute on function app.redact_phi(text, text[]) to anon;
