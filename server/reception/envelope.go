package reception

import (
	"context"
	"errors"

	"github.com/voxanne-ai/voxanne/db"
	"github.com/voxanne-ai/voxanne/server"
	"github.com/voxanne-ai/voxanne/server/spoken"
	"github.com/voxanne-ai/voxanne/server/voice"
)

// errPanic says that a handler panicked. It is an error of that one transaction, so that the other tool calls of a
// message are still answered.
var errPanic = errors.New("a handler panicked")

// inCall finds the message's clinic and runs fn in one transaction for it.
// Errors: db.ErrUnknownTenant, db.ErrTenantConflict, errPanic, and whatever fn and the database say.
func (r *Reception) inCall(ctx context.Context, m voice.Message, fn func(db.Tx, db.CallContext) error) (err error) {
	defer func() {
		if value := recover(); value != nil {
			server.LogPanic(ctx, value) // the connection, still in its transaction, is thrown away by the pool
			err = errPanic
		}
	}()
	if m.Route.Conflict {
		return db.ErrTenantConflict
	}
	if m.Call.ID == "" || m.Route.Empty() {
		return db.ErrUnknownTenant
	}
	return r.db.AsCall(ctx, envelopeOf(m), func(tx db.Tx, call db.CallContext) error {
		server.NoteOrg(ctx, call.OrgID)
		return fn(tx, call)
	})
}

// envelopeOf keeps what Vapi itself says about the call; nothing a model or a caller can write is in it.
func envelopeOf(m voice.Message) db.CallEnvelope {
	envelope := db.CallEnvelope{
		VapiCallID:    m.Call.ID,
		Direction:     directionOf(m.Call),
		AssistantID:   first(m.Route.AssistantIDs),
		PhoneNumberID: first(m.Route.PhoneNumberIDs),
	}
	if number, ok := spoken.CallerNumber(first(m.Route.Numbers), ""); ok {
		envelope.Number = number
	}
	// Over SIP the caller's exchange writes any number it likes.
	if caller, ok := spoken.CallerNumber(m.Caller.Number, ""); ok && !m.Caller.SIP {
		envelope.Caller = caller
	}
	return envelope
}

func directionOf(c voice.Call) string {
	switch {
	case c.Outbound():
		return "outbound"
	case c.Web():
		return "web"
	default:
		return "inbound"
	}
}

func first(values []string) string {
	if len(values) == 0 {
		return ""
	}
	return values[0]
}
