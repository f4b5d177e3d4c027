// Package spoken reads what a caller said, as a speech model passes it on: days and times, emergencies, phone numbers,
// names and dates of birth. It also words the answers that are spoken back.
//
// Nothing here guesses. A reading is either clear, or it is a Doubt: a question to ask the caller, in one spoken line.
// The package knows no database and no clock of its own; the moment, the zone and the opening hours are given to it.
package spoken
