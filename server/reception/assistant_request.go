package reception

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/voxanne-ai/voxanne/db"
	"github.com/voxanne-ai/voxanne/jobs/brief"
	"github.com/voxanne-ai/voxanne/server"
	"github.com/voxanne-ai/voxanne/server/voice"
)

// errNoAssistant says that the clinic's inbound agent is not at Vapi yet.
var errNoAssistant = errors.New("the clinic has no assistant yet")

// assistantRequest names the assistant that takes a call and gives it the clinic's public facts, and what the caller may hear of earlier calls.
// None of it is stored in the assistant: the values hold for this call (Vapi: assistantOverrides.variableValues).
// An error becomes a 503 at once: Vapi then rings the clinic's own line (Vapi: assistant-request, fallbackDestination).
func (r *Reception) assistantRequest(ctx context.Context, m voice.Message) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, assistantBudget)
	defer cancel()
	var body []byte
	err := r.inCall(ctx, m, func(tx db.Tx, call db.CallContext) error {
		brief, err := tx.CallBrief(ctx, call.CallID)
		if err != nil {
			return err
		}
		if brief.VapiAssistantID == nil {
			return errNoAssistant
		}
		body = voice.UseAssistant(*brief.VapiAssistantID, voice.Overrides{
			FirstMessage:   greeting(brief),
			VariableValues: variables(brief, call),
		})
		return nil
	})
	switch {
	case err == nil:
		return body, nil
	case r.noteRefusedTenant(ctx, m, err):
		return voice.RefuseCall("Sorry, this number is not in service."), nil
	default:
		return nil, server.NewError(server.CodeBusy, "Ring the clinic's own line.", err)
	}
}

// greeting is the agent's first message after what the clinic's safety settings demand; the prompt cannot drop it.
func greeting(f db.CallBriefRow) string {
	sentences := []string{fmt.Sprintf("Thank you for calling %s.", f.ClinicName)}
	if f.AiDisclosure {
		sentences = append(sentences, "I am an AI assistant.")
	}
	switch f.RecordingConsent {
	case "announce":
		sentences = append(sentences, "This call may be recorded.")
	case "ask":
		sentences = append(sentences, "May this call be recorded?")
	}
	if f.FirstMessage != "" {
		return strings.Join(append(sentences, f.FirstMessage), " ")
	}
	return strings.Join(append(sentences, "How can I help you?"), " ")
}

// variables fill the placeholders of the assistant's prompt. Nothing in them is about the caller but what the clinic
// knowingly opened to the calling number, and that in words of ours: see app.caller_memory.
func variables(f db.CallBriefRow, call db.CallContext) map[string]string {
	clinic := brief.Clinic{
		Name: f.ClinicName, Address: text(f.Address), TimeZone: call.Zone.String(), Now: call.Now,
		Hours: text(f.Hours), Services: text(f.Services), Practitioners: text(f.Practitioners), Policies: f.Policies,
		EmergencySentence: call.EmergencySentence,
	}
	about := map[string]string{"callPurpose": "Somebody calls the clinic.", "callerMemory": f.Memory}
	if f.Known {
		about["callerStatus"], about["callerNames"] = "known by the calling number", f.Names
	}
	return brief.Values(clinic, about)
}
