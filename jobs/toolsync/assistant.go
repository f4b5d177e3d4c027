package toolsync

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/google/uuid"

	"github.com/voxanne-ai/voxanne/db"
	"github.com/voxanne-ai/voxanne/providers/vapi"
)

// Keys of an assistant's metadata: by them an assistant whose id we never learned is found again.
const (
	metaAgent = "voxanne_agent_id"
	metaOrg   = "voxanne_org_id"
)

const (
	nameLimit     = 40 // Vapi's
	nameTail      = 8  // of the agent's id, which keeps names apart
	serverTimeout = 20 // seconds; Vapi's default, written down because the caller hears silence meanwhile
)

// object is a JSON object while it is put together.
type object map[string]any

// desired is everything of an assistant that we set, save the tools, which [vapi.Tools.Link] puts in. It holds nothing
// about callers. What is not in it is the operator's and stays.
func (s *Syncer) desired(f db.AgentSync, org, agent uuid.UUID) (vapi.Object, error) {
	hipaa := f.HipaaMode != nil && *f.HipaaMode
	return vapi.Encode(object{
		"name":         assistantName(text(f.ClinicName), text(f.Name), agent),
		"firstMessage": firstMessage(f),
		"model": object{
			"provider": "openai", "model": "gpt-4o", "temperature": 0.3,
			"messages": []object{{"role": "system", "content": systemPrompt(f, s.names)}},
		},
		"voice":       object{"provider": "vapi", "voiceId": text(f.Voice)},
		"transcriber": transcriber(text(f.Language)),
		"server": object{
			"url": s.webhook, "timeoutSeconds": serverTimeout, "headers": object{"X-Vapi-Secret": s.secret},
		},
		"serverMessages":     []string{"tool-calls", "status-update", "end-of-call-report", "transfer-destination-request"},
		"maxDurationSeconds": f.MaxCallSeconds,
		"compliancePlan":     object{"hipaaEnabled": hipaa},
		// Vapi can wait for a yes only in its enterprise plan, so a clinic that wants to ask is not recorded at all.
		"artifactPlan": object{"recordingEnabled": !hipaa && text(f.RecordingConsent) != "ask"},
		"metadata":     object{metaAgent: agent, metaOrg: org},
	})
}

// assistantName is for the eyes of Vapi's dashboard: clinic, agent and the end of the agent's id.
func assistantName(clinic, agent string, id uuid.UUID) string {
	name := []rune(oneLine(clinic + ", " + agent))
	if room := nameLimit - nameTail - 1; len(name) > room {
		name = name[:room]
	}
	written := id.String()
	return strings.TrimSpace(string(name)) + " " + written[len(written)-nameTail:]
}

// transcriber: nova-3 hears English best, nova-2 the most languages.
func transcriber(tag string) object {
	model := "nova-2"
	if strings.HasPrefix(tag, "en-") {
		model = "nova-3"
	}
	return object{"provider": "deepgram", "model": model, "language": deepgramLanguage(tag)}
}

// deepgramLanguage is a BCP 47 tag as Deepgram knows it: few languages have regions there.
func deepgramLanguage(tag string) string {
	if slices.Contains([]string{"en-US", "en-GB", "en-AU", "en-NZ", "en-IN", "fr-CA", "de-CH", "nl-BE", "pt-BR", "pt-PT",
		"zh-CN", "zh-TW", "zh-HK", "ko-KR", "da-DK", "sv-SE", "th-TH"}, tag) {
		return tag
	}
	language, _, _ := strings.Cut(tag, "-")
	return language
}

// difference is the body of the PATCH that makes current what it shall be, empty when it is. Nested values are sent whole,
// with what is not ours in them as it was.
func difference(current, wanted vapi.Object) vapi.Object {
	patch := vapi.Object{}
	for key, value := range wanted {
		before := vapi.Object{}
		if current[key] != nil {
			before[key] = current[key]
		}
		if (key == "voice" || key == "transcriber") && provider(current[key]) != provider(value) {
			before = vapi.Object{} // settings of another provider fit nobody else's schema
		}
		merged, changed := vapi.Merge(before, vapi.Object{key: value})
		if changed {
			patch[key] = merged[key]
		}
	}
	return patch
}

func provider(value json.RawMessage) string {
	o, err := vapi.ParseObject(value)
	if err != nil {
		return ""
	}
	return o.Text("provider")
}
