package server

import (
	"context"
	"errors"
	"io"
	"net/http"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/voxanne-ai/voxanne/db"
	"github.com/voxanne-ai/voxanne/providers/google"
	"github.com/voxanne-ai/voxanne/providers/microsoft"
)

const (
	// maxGooglePush is for a body that Google leaves empty.
	maxGooglePush = 1 << 10
	// pushTimeout is shorter than the three seconds after which Graph takes a push for lost, and soon takes us for slow.
	pushTimeout = 2500 * time.Millisecond
	// maxPushedAtOnce is how many channels are looked up for one request. Graph tells of a few at once; a stranger's long list
	// must not keep the database busy. What is left out, the next push or the next regular reading sees.
	maxPushedAtOnce = 50
)

// What a push says, as app.note_push knows it.
const (
	pushChanged = "changed"
	pushMissed  = "missed"
	pushEnded   = "ended"
	pushEnding  = "ending"
)

// pushDoor is where providers knock, and whoever else likes.
type pushDoor struct {
	handlers
	turns turns
}

// mountPushes registers where providers tell of changes. They sign nothing: a push is believed for the secret that only
// its provider and we know, and even then it only makes us look.
func mountPushes(mux *http.ServeMux, h handlers) {
	p := &pushDoor{handlers: h, turns: make(turns, strangersAtOnce)}
	mux.Handle("POST /api/calendar-push/google", limit(maxGooglePush, pushTimeout, http.HandlerFunc(p.serveGoogle)))
	mux.Handle("POST /api/calendar-push/microsoft", limit(microsoft.MaxNotificationBody, pushTimeout, http.HandlerFunc(p.serveMicrosoft)))
}

// serveGoogle takes a push of Google's, whose headers say all. The first of a channel says only that it is open, and may
// come before we have written the channel down, so it is thanked for unseen. Refusals: not_found for what is no push, a
// former channel and a wrong secret alike, which Google does not repeat; 5xx it repeats.
func (p *pushDoor) serveGoogle(w http.ResponseWriter, r *http.Request) {
	push, ok := google.ReadPush(r.Header)
	if ok && push.First {
		w.WriteHeader(http.StatusNoContent)
		return
	}
	err := error(pgx.ErrNoRows)
	if ok {
		err = p.takePush(r.Context(), pushed{push.ChannelID, string(HashToken(push.Token)), pushChanged})
	}
	switch {
	case errors.Is(err, pgx.ErrNoRows):
		WriteError(w, r, NewError(CodeNotFound, sentenceNotFound, nil))
	case err != nil:
		WriteError(w, r, err)
	default:
		w.WriteHeader(http.StatusNoContent)
	}
}

// serveMicrosoft proves the address where Graph asks for that, else takes a batch of its pushes. Whatever secrets they
// bring, the answer is 202: they are of several subscriptions, and Graph repeats the batch for any other. Refusals:
// bad_request for what is no batch, body_too_large; 5xx Graph repeats.
func (p *pushDoor) serveMicrosoft(w http.ResponseWriter, r *http.Request) {
	if token, asked := microsoft.ValidationToken(r.URL.Query()); asked {
		microsoft.AnswerValidation(w, token)
		return
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		WriteError(w, r, err)
		return
	}
	notifications, err := microsoft.ParseNotifications(body)
	if err != nil {
		WriteError(w, r, NewError(CodeBadRequest, "This is no notification.", err))
		return
	}
	for _, push := range distinct(notifications) {
		if err := p.takePush(r.Context(), push); err != nil && !errors.Is(err, pgx.ErrNoRows) {
			WriteError(w, r, err)
			return
		}
	}
	w.WriteHeader(http.StatusAccepted)
}

// pushed is one thing that a push says.
type pushed struct{ channel, secretHash, kind string }

// distinct is what a batch says, each thing once and maxPushedAtOnce at most: ten changed events are one change.
func distinct(notifications []microsoft.Notification) []pushed {
	seen := map[pushed]bool{}
	var pushes []pushed
	for _, n := range notifications {
		push := pushed{n.SubscriptionID, string(n.ClientStateHash()), kindOf(n)}
		if !seen[push] && len(pushes) < maxPushedAtOnce {
			seen[push] = true
			pushes = append(pushes, push)
		}
	}
	return pushes
}

// kindOf is what app.note_push calls it. What Graph may come to tell of a subscription's life makes us look as well.
func kindOf(n microsoft.Notification) string {
	switch n.Lifecycle {
	case "":
		return pushChanged
	case microsoft.SubscriptionRemoved:
		return pushEnded
	case microsoft.ReauthorizationRequired:
		return pushEnding
	default:
		return pushMissed
	}
}

// takePush does what a push brings about, in its turn. Errors: pgx.ErrNoRows for a channel or secret that is not ours, busy,
// which providers repeat.
func (p *pushDoor) takePush(ctx context.Context, push pushed) error {
	if !printable(push.channel) {
		return pgx.ErrNoRows // none of ours, and perhaps no text for the database
	}
	return p.turns.take(ctx, func() error {
		ref, err := p.db.CalendarOfChannel(ctx, push.channel, []byte(push.secretHash))
		if err != nil {
			return err
		}
		NoteOrg(ctx, ref.OrgID)
		return p.db.AsTenant(ctx, ref.OrgID, func(tx db.Tx) error {
			_, err := tx.NotePush(ctx, ref.ID, push.channel, push.kind)
			return err
		})
	})
}
