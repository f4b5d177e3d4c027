package vapi

import "strings"

// ServerOf is where Vapi takes the messages of an assistant, a number or a tool, and the secret that they carry; "" for
// what is not set, and for a secret that Vapi hides (Vapi: server.url, server.headers).
func ServerOf(o Object) (url, secret string) {
	server := o.object("server")
	secret = server.object("headers").Text("X-Vapi-Secret")
	if strings.Trim(secret, "*•") == "" {
		secret = ""
	}
	return server.Text("url"), secret
}
