package reception

import (
	"context"
	"log/slog"
	"time"

	"github.com/google/uuid"

	"github.com/voxanne-ai/voxanne/db"
	"github.com/voxanne-ai/voxanne/server"
	"github.com/voxanne-ai/voxanne/server/spoken"
	"github.com/voxanne-ai/voxanne/server/voice"
)

// codeKeys hashes the codes that callers say; *vault.Keyring is one.
type codeKeys interface {
	// CodeHashes returns the keyed hash of a code of org under every key in use.
	CodeHashes(org uuid.UUID, code string) [][]byte
}

// request is one tool call within its transaction.
type request struct {
	tx   db.Tx
	call db.CallContext
	id   string // see replayKey; empty when Vapi sent no id
	args voice.Args
	keys codeKeys
	// asked is the question's vector, for the tool that looks questions up.
	asked asked
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
	case "queryKnowledgeBase":
		return queryKnowledgeBase
	default:
		return nil
	}
}

// runTools answers every tool call of a message, in order, each in a transaction of its own. An emergency in any of
// them is all that is answered.
func (r *Reception) runTools(ctx context.Context, m voice.Message) []voice.Outcome {
	ctx, cancel := context.WithTimeout(ctx, messageBudget)
	defer cancel()
	run := r.runTool
	if heardEmergency(m.ToolCalls) {
		answer := said("emergency", r.emergencySentence(ctx, m))
		run = func(context.Context, voice.Message, voice.ToolCall) reply { return answer }
	}
	outcomes := make([]voice.Outcome, 0, len(m.ToolCalls))
	for _, call := range m.ToolCalls {
		started := time.Now()
		answer := run(ctx, m, call)
		r.count.ToolCall(countedTool(call.Name), answer.label, time.Since(started))
		outcomes = append(outcomes, answer.outcome)
	}
	return outcomes
}

// runTool turns whatever goes wrong into a sentence: Vapi ignores everything but a 200.
func (r *Reception) runTool(ctx context.Context, m voice.Message, call voice.ToolCall) reply {
	if call.Problem != "" {
		return refused("bad_arguments", call.Problem)
	}
	ctx, cancel := context.WithTimeout(ctx, toolBudget)
	defer cancel()
	var answer reply
	carryOut := func(tx db.Tx, c db.CallContext, q asked) (err error) {
		answer, err = once(ctx, m, request{tx: tx, call: c, args: call.Args, keys: r.keys, asked: q}, call)
		return err
	}
	var err error
	if call.Name == knowledgeTool {
		err = r.answered(ctx, m, call.Args.Text(voice.ArgQuery), carryOut)
	} else {
		err = r.inCall(ctx, m, func(tx db.Tx, c db.CallContext) error { return carryOut(tx, c, asked{}) })
	}
	switch {
	case err == nil:
		return answer
	case r.noteRefusedTenant(ctx, m, err):
		return refused("no_tenant", sayNoTenant)
	case server.IsBusy(err):
		server.Log(ctx).Warn("a tool call found the database busy", slog.String("tool", countedTool(call.Name)))
		return refused("busy", sayBusy)
	default:
		server.LogCause(ctx, "a tool call failed", err)
		return refused("failed", voice.SentenceTrouble)
	}
}

// emergencySentence is the clinic's own, or ours when that cannot be read at once.
func (r *Reception) emergencySentence(ctx context.Context, m voice.Message) string {
	ctx, cancel := context.WithTimeout(ctx, emergencyBudget)
	defer cancel()
	sentence := defaultEmergency
	err := r.inCall(ctx, m, func(_ db.Tx, c db.CallContext) error {
		if c.EmergencySentence != "" {
			sentence = c.EmergencySentence
		}
		return nil
	})
	if err != nil && !r.noteRefusedTenant(ctx, m, err) {
		server.LogCause(ctx, "the clinic's emergency sentence could not be read", err)
	}
	return sentence
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
