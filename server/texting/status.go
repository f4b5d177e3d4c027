package texting

import (
	"log/slog"
	"net/http"
	"strings"

	"github.com/google/uuid"

	"github.com/voxanne-ai/voxanne/db"
	"github.com/voxanne-ai/voxanne/server"
)

// status writes down what became of a text of ours. Reports come in any order and more than once; the database keeps
// the truth. What we cannot use is acknowledged all the same: sending it again would not help.
func (t *Texting) status(w http.ResponseWriter, r *http.Request, org uuid.UUID) error {
	ctx := r.Context()
	sid, reported := textSID(r.PostForm.Get("MessageSid")), reportedStatus(r.PostForm.Get("MessageStatus"))
	message, err := uuid.Parse(r.URL.Query().Get("message"))
	if err != nil || sid == "" || reported == "" {
		t.Count.Message(countDelivery, "ignored")
		w.WriteHeader(http.StatusNoContent)
		return nil
	}
	var stands string
	err = t.DB.AsTenant(ctx, org, func(tx db.Tx) (err error) {
		stands, err = tx.RecordDelivery(ctx, db.RecordDeliveryParams{
			MessageID: message, ExternalID: sid, Status: reported, ErrorCode: errorCode(r.PostForm.Get("ErrorCode"))})
		return err
	})
	if err != nil {
		return err
	}
	if stands == "" {
		server.Log(ctx).Warn("a delivery was reported for no text of the organization", slog.String("message_id", message.String()))
		stands = "unmatched"
	}
	t.Count.Message(countDelivery, stands)
	w.WriteHeader(http.StatusNoContent)
	return nil
}

// reportedStatus maps Twilio's words to ours; empty for words that say nothing about the way of a text.
func reportedStatus(word string) string {
	switch word {
	case "accepted", "queued", "sending", "sent":
		return "sent"
	case "delivered", "read":
		return "delivered"
	case "undelivered", "failed":
		return "failed"
	default:
		return ""
	}
}

// maxSID is longer than every id of Twilio's, which have 34 characters.
const maxSID = 64

// textSID returns the id of a text, empty when it is none.
func textSID(s string) string {
	if len(s) > maxSID || strings.Trim(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789") != "" {
		return ""
	}
	return s
}

// errorCode returns Twilio's number of an error, nil when there is none.
func errorCode(s string) *string {
	if s == "" || s == "0" || len(s) > 10 || strings.Trim(s, "0123456789") != "" {
		return nil
	}
	return &s
}
