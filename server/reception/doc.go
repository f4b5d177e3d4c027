// Package reception is what the receptionist can do during a call: it answers
// Vapi's webhooks by reading what was said (package spoken), asking one
// function of the database, and saying what came of it.
//
// Who may hear and change what, and what is free, is decided in SQL; here it
// is put into words.
package reception
