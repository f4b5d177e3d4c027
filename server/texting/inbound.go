package texting

import (
	"net/http"
	"regexp"
	"strings"

	"github.com/google/uuid"

	"github.com/voxanne-ai/voxanne/db"
	"github.com/voxanne-ai/voxanne/server"
)

const (
	// noReply is TwiML that says nothing: our answers leave by a job, like every text, with a row of their own.
	noReply = `<?xml version="1.0" encoding="UTF-8"?><Response></Response>`
	// picture stands for a text of media only. The media stay at Twilio.
	picture = "[picture]"
	// maxBody is how much of a text is kept, in code points; Twilio's longest is 1600.
	maxBody = 1600
)

// e164 is a number that can be called back. Short codes and names as senders cannot.
var e164 = regexp.MustCompile(`^\+[1-9][0-9]{6,14}$`)

// inbound takes in what a patient wrote, and does what it asks for. The same text delivered twice does nothing more.
func (t *Texting) inbound(w http.ResponseWriter, r *http.Request, org uuid.UUID) error {
	ctx, form := r.Context(), r.PostForm
	sid, from := textSID(form.Get("MessageSid")), form.Get("From")
	if sid == "" || !e164.MatchString(from) {
		t.Count.Message(countInbound, "ignored")
		return answerNothing(w, r)
	}
	var answer db.InboundAnswer
	err := t.DB.AsTenant(ctx, org, func(tx db.Tx) (err error) {
		answer, err = tx.RecordInboundMessage(ctx, db.RecordInboundMessageParams{
			Provider: "twilio", ExternalID: sid, FromNumber: from, ToNumber: form.Get("To"),
			Body: bodyOf(form.Get("Body"), form.Get("NumMedia")), OptOutType: optOutType(form.Get("OptOutType"))})
		return err
	})
	if err != nil {
		return err
	}
	t.Count.Message(countInbound, answer.Outcome)
	return answerNothing(w, r)
}

func answerNothing(w http.ResponseWriter, r *http.Request) error {
	w.Header().Set("Content-Type", "text/xml; charset=utf-8")
	if _, err := w.Write([]byte(noReply)); err != nil {
		server.Log(r.Context()).Warn("the answer did not reach Twilio")
	}
	return nil
}

// bodyOf is the text as it can be stored: valid, without NUL, not longer than a text can be.
func bodyOf(text, media string) string {
	text = strings.ReplaceAll(strings.ToValidUTF8(text, "\uFFFD"), "\x00", "")
	if strings.TrimSpace(text) == "" && media != "" && media != "0" {
		return picture
	}
	if runes := []rune(text); len(runes) > maxBody {
		return string(runes[:maxBody])
	}
	return text
}

// optOutType is what the carrier's own opt-out handling made of the text, nil when it made nothing of it.
func optOutType(word string) *string {
	switch word {
	case "START", "STOP", "HELP":
		return &word
	default:
		return nil
	}
}
