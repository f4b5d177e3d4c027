// Package texting answers Twilio's webhooks: what became of our texts, and what patients write. A webhook is believed
// when it is signed with the token of the organisation whose number it names.
package texting
