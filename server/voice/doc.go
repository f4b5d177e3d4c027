// Package voice is the wire side of Vapi's webhooks: it checks who is calling, reads what was sent and writes what
// Vapi wants to hear. It knows nothing of the database and decides nothing about clinics, patients or slots.
//
// The shapes come from Vapi's published OpenAPI description and from payloads seen on the wire, which disagree; where
// they do, the reader takes both. Comments name the message a rule belongs to, as in `Vapi: tool-calls`.
package voice
