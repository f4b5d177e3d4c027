package vapi

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/url"
)

// serverTimeout is how long Vapi waits for a tool's answer, in seconds. It is Vapi's default, written down because the
// caller hears silence meanwhile.
const serverTimeout = 20

// Registered returns the body of POST /tool: the definition, and for function tools the server that answers them with the
// secret it expects in X-Vapi-Secret. The header is sent by `server.headers`, since Vapi's schema has lost `server.secret`.
// A native tool needs neither. An unusable address or an empty secret, which would prove nothing, is an error
// (Vapi: POST /tool).
func Registered(d Definition, serverURL, secret string) (Object, error) {
	body, err := ParseObject(d.JSON)
	if err != nil {
		return nil, fmt.Errorf("tool %s: %w", d.Name, err)
	}
	if d.Native() {
		return body, nil
	}
	u, err := url.Parse(serverURL)
	if err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https") {
		return nil, fmt.Errorf("tool %s: the server URL is not an http(s) address", d.Name)
	}
	if secret == "" {
		return nil, errors.New("the webhook secret is empty")
	}
	body["server"] = Object{
		"url":            quoted(serverURL),
		"timeoutSeconds": fmt.Append(nil, serverTimeout),
		"headers":        Object{"X-Vapi-Secret": quoted(secret)}.Bytes(),
	}.Bytes()
	return body, nil
}

// Hash is the hex SHA-256 of all that a registration depends on: the canonical definition, the server's URL and the id of
// the secret's key, not the secret. Another hash means that another tool must be registered. A native tool has no server:
// neither URL nor key id is in its hash.
func (d Definition) Hash(serverURL, secretKeyID string) string {
	depends := Object{"definition": d.JSON}
	if !d.Native() {
		depends["serverUrl"], depends["secretKeyId"] = quoted(serverURL), quoted(secretKeyID)
	}
	sum := sha256.Sum256(depends.Bytes())
	return hex.EncodeToString(sum[:])
}
