package reception

import (
	"context"
	"crypto/sha256"
	"errors"
	"log/slog"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/voxanne-ai/voxanne/db"
	"github.com/voxanne-ai/voxanne/server"
	"github.com/voxanne-ai/voxanne/server/spoken"
	"github.com/voxanne-ai/voxanne/server/voice"
)

// request is one tool call within its transaction.
type request struct {
	tx   db.Tx
	call db.CallContext
	id   string // the tool call id; empty when Vapi sent none
	args voice.Args
}

// reply is what a tool says, and one word of a closed list for the counter.
type reply struct {
	outcome voice.Outcome
	label   string
}

func said(label, sentence string) reply    { return reply{voice.Said(sentence), label} }
func refused(label, sentence string) reply { return reply{voice.Refused(sentence), label} }

// tool carries out one tool call. An error rolls everything back and becomes an apology.
type tool func(context.Context, request) (reply, error)

// toolNamed returns the tool behind a name; nil when there is none. Definitions: providers/vapi/tools.
func toolNamed(name string) tool {
	switch name {
	case "checkAvailability":
		return checkAvailability
	case "bookClinicAppointment":
		return bookClinicAppointment
	case "rescheduleAppointment":
		return rescheduleAppointment
	case "cancelAppointment":
		return cancelAppointment
	case "findMyAppointments":
		return findMyAppointments
	case "lookupCaller":
		return lookupCaller
	case "verifyCaller":
		return verifyCaller
	case "takeMessage":
		return takeMessage
	default:
		return nil
	}
}

// runTools answers every tool call of a message, in order, each in a transaction of its own.
func (r *Reception) runTools(ctx context.Context, m voice.Message, body []byte) []voice.Outcome {
	emergency := heardEmergency(m.ToolCalls)
	budget := toolBudget
	if emergency {
		budget = emergencyBudget
	}
	outcomes := make([]voice.Outcome, 0, len(m.ToolCalls))
	for _, call := range m.ToolCalls {
		started := time.Now()
		limited, cancel := context.WithTimeout(ctx, budget)
		answer := r.runTool(limited, m, call, emergency, body)
		cancel()
		r.count.ToolCall(countedTool(call.Name), answer.label, time.Since(started))
		outcomes = append(outcomes, answer.outcome)
	}
	return outcomes
}

// runTool turns whatever goes wrong into a sentence: Vapi ignores everything but a 200.
func (r *Reception) runTool(ctx context.Context, m voice.Message, call voice.ToolCall, emergency bool, body []byte) reply {
	var answer reply
	err := r.inCall(ctx, m, func(tx db.Tx, c db.CallContext) (err error) {
		if emergency {
			answer = said("emergency", c.EmergencySentence)
			return nil
		}
		answer, err = once(ctx, m, request{tx, c, call.ID, call.Args}, call, body)
		return err
	})
	switch {
	case err == nil:
		return answer
	case r.noteRefusedTenant(ctx, err):
		if emergency {
			return said("emergency", defaultEmergency)
		}
		return refused("no_tenant", sayNoTenant)
	case emergency:
		server.LogCause(ctx, "the clinic's emergency sentence could not be read", err)
		return said("emergency", defaultEmergency)
	case server.IsBusy(err):
		server.Log(ctx).Warn("a tool call found the database busy", slog.String("tool", countedTool(call.Name)))
		return refused("busy", sayBusy)
	default:
		server.LogCause(ctx, "a tool call failed", err)
		return refused("failed", voice.SentenceTrouble)
	}
}

// maxToolCallID is the longest id, in bytes, that the tables keep. Vapi's have about thirty.
const maxToolCallID = 200

// once carries a tool call out, or answers as before when Vapi delivers it again.
func once(ctx context.Context, m voice.Message, req request, call voice.ToolCall, body []byte) (reply, error) {
	run := toolNamed(call.Name)
	switch {
	case call.Problem != "":
		return refused("bad_arguments", call.Problem), nil
	case run == nil:
		return refused("unknown_tool", sayUnknownTool), nil
	case call.ID == "" || len(call.ID) > maxToolCallID:
		req.id = "" // still no wish is carried out twice: the database knows it by patient, service and start
		return run(ctx, req)
	}

	hash := sha256.Sum256(body)
	before, err := req.tx.AcceptDelivery(ctx, db.AcceptDeliveryParams{
		VapiCallID: m.Call.ID, Kind: voice.TypeToolCalls, Key: call.ID, BodyHash: hash[:]})
	if err == nil {
		return replayed(before), nil
	} else if !errors.Is(err, pgx.ErrNoRows) {
		return reply{}, err
	}
	answer, err := run(ctx, req)
	if err != nil {
		return reply{}, err
	}
	return answer, req.tx.AnswerDelivery(ctx, db.AnswerDeliveryParams{
		VapiCallID: m.Call.ID, Kind: voice.TypeToolCalls, Key: call.ID, Answer: stored(answer.outcome)})
}

// Stored answers begin with the kind of outcome they were.
const (
	storedSaid    = "said:"
	storedRefused = "refused:"
)

func stored(o voice.Outcome) string {
	if o.IsRefusal() {
		return storedRefused + o.Text()
	}
	return storedSaid + o.Text()
}

func replayed(d db.WebhookDelivery) reply {
	if d.Answer == nil {
		return refused("replayed", sayBusy)
	}
	if text, ok := strings.CutPrefix(*d.Answer, storedRefused); ok {
		return refused("replayed", text)
	}
	return said("replayed", strings.TrimPrefix(*d.Answer, storedSaid))
}

// heardEmergency looks at every text of every call of a message: where one of them describes an emergency, none of
// them books.
func heardEmergency(calls []voice.ToolCall) bool {
	for _, call := range calls {
		for _, text := range call.AllText() {
			if spoken.Emergency(text) {
				return true
			}
		}
	}
	return false
}

// countedTool keeps the counter's labels to the tools we have.
func countedTool(name string) string {
	if toolNamed(name) == nil {
		return "unknown"
	}
	return name
}
