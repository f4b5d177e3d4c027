// Package server is the HTTP side of Voxanne: the dashboard API described by
// openapi.yaml, the probes and metrics, and the place where the voice webhooks
// are mounted. It decides nothing about data; handlers decode, make one call to
// the database and encode. Every refusal leaves through WriteError.
package server
