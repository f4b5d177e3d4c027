package sandbox

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/google/uuid"
)

// The fields that Vapi takes, by object; what is not in them is refused. Server-made ones (id, orgId, createdAt, updatedAt,
// latestVersion, isServerUrlSecretSet, …) are in none.
const (
	assistantFields = "transcriber model voice firstMessage firstMessageInterruptionsEnabled firstMessageMode voicemailDetection" +
		" clientMessages serverMessages maxDurationSeconds backgroundSound modelOutputInMessagesEnabled transportConfigurations" +
		" observabilityPlan credentials hooks name voicemailMessage endCallMessage endCallPhrases compliancePlan metadata" +
		" backgroundSpeechDenoisingPlan analysisPlan artifactPlan startSpeakingPlan stopSpeakingPlan monitorPlan credentialIds" +
		" server keypadInputPlan"
	modelFields = "provider model messages temperature maxTokens toolIds toolRefs tools knowledgeBase knowledgeBaseId" +
		" emotionRecognitionEnabled numFastTurns fallbackModels toolStrictCompatibilityMode promptCacheRetention promptCacheKey" +
		" thinking inferenceConfig url headers timeoutSeconds metadataSendMode wordLevelConfidenceEnabled"
	serverFields   = "url timeoutSeconds credentialId headers backoffPlan staticIpAddressesEnabled encryptedPaths"
	functionFields = "name description strict parameters"
	anyToolFields  = "type messages rejectionPlan"
)

// toolFields returns the fields that a tool of a type takes beside anyToolFields. Not known: Vapi has no such type.
func toolFields(toolType string) (fields string, known bool) {
	switch toolType {
	case "function":
		return "async function server parameters variableExtractionPlan", true
	case "transferCall", "handoff":
		return "destinations function", true
	case "apiRequest":
		return "name description url method body headers timeoutSeconds credentialId backoffPlan variableExtractionPlan parameters" +
			" function encryptedPaths", true
	case "code":
		return "async function server code environmentVariables credentialId timeoutSeconds parameters variableExtractionPlan", true
	case "mcp":
		return "function server metadata toolMessages", true
	case "ghl", "make":
		return "metadata function server", true
	case "query", "knowledgeBase":
		return "function knowledgeBases knowledgeBaseIds", true
	case "bash", "computer", "textEditor":
		return "subType name function server displayWidthPx displayHeightPx displayNumber", true
	case "sipRequest":
		return "verb headers body function", true
	case "dtmf", "endCall", "voicemail", "output", "sms", "google.calendar.availability.check", "google.calendar.event.create",
		"google.sheets.row.append", "slack.message.send", "gohighlevel.calendar.availability.check",
		"gohighlevel.calendar.event.create", "gohighlevel.contact.create", "gohighlevel.contact.get":
		return "function server name description beepDetectionEnabled sipInfoDtmfEnabled", true
	default:
		return "", false
	}
}

// problems collects sentences in the form of Vapi's validator.
type problems []string

func (p *problems) add(format string, args ...any) { *p = append(*p, fmt.Sprintf(format, args...)) }

// unknown complains about keys that are in none of the lists. path is "" or ends with a dot.
func (p *problems) unknown(path string, o vapiObject, lists ...string) {
	known := strings.Fields(strings.Join(lists, " "))
	for key := range o {
		if !slices.Contains(known, key) {
			p.add("%sproperty %s should not exist", path, key)
		}
	}
	slices.Sort(*p)
}

// object returns a nested object, nil when it is missing or null; anything else is complained about.
func (p *problems) object(path string, o vapiObject, key string) vapiObject {
	value, sent := o[key]
	if !sent {
		return nil
	}
	var inner vapiObject
	if json.Unmarshal(value, &inner) != nil {
		p.add("%s%s must be an object", path, key)
	}
	return inner
}

// text complains about a value that is no text, or longer than a number of characters.
func (p *problems) text(path string, o vapiObject, key string, longest int) {
	value, sent := o[key]
	if !sent || string(value) == "null" {
		return
	}
	var text string
	switch {
	case json.Unmarshal(value, &text) != nil:
		p.add("%s%s must be a string", path, key)
	case utf8.RuneCountInString(text) > longest:
		p.add("%s%s must be shorter than or equal to %d characters", path, key, longest)
	}
}

func checkAssistant(body, _ vapiObject) []string {
	var p problems
	p.unknown("", body, assistantFields)
	p.text("", body, "name", 40)
	p.text("", body, "voicemailMessage", 1000)
	p.text("", body, "endCallMessage", 1000)
	if value, sent := body["maxDurationSeconds"]; sent && string(value) != "null" {
		var seconds float64
		if json.Unmarshal(value, &seconds) != nil || seconds < 10 || seconds > 43200 {
			p.add("maxDurationSeconds must be a number from 10 to 43200")
		}
	}
	if model := p.object("", body, "model"); model != nil {
		p.checkModel(model)
	}
	p.checkServer(p.object("", body, "server"))
	return p
}

// checkModel: provider and model are always needed, because Vapi replaces the model as a whole.
func (p *problems) checkModel(m vapiObject) {
	p.unknown("model.", m, modelFields)
	for _, key := range []string{"provider", "model"} {
		if m.text(key) == "" {
			p.add("model.%s must be a string", key)
		}
	}
	if value, sent := m["toolIds"]; sent {
		var ids []string
		if json.Unmarshal(value, &ids) != nil {
			p.add("model.toolIds must be an array")
		}
		if slices.ContainsFunc(ids, func(id string) bool { return !isUUID(id) }) {
			p.add("model.each value in toolIds must be a UUID")
		}
	}
	if value, sent := m["tools"]; sent {
		var tools []vapiObject
		if json.Unmarshal(value, &tools) != nil {
			p.add("model.tools must be an array")
		}
		for i, tool := range tools {
			p.checkTool(fmt.Sprintf("model.tools.%d.", i), tool, tool.text("type"))
		}
	}
}

func isUUID(text string) bool { return len(text) == 36 && uuid.Validate(text) == nil }

// checkSquad: what members override is checked nowhere near as strictly as assistants are.
func checkSquad(body, _ vapiObject) []string {
	var p problems
	p.unknown("", body, "name members membersOverrides")
	var members []vapiObject
	if json.Unmarshal(body["members"], &members) != nil {
		p.add("members must be an array")
	}
	return p
}

// checkTool checks the body of a tool. On PATCH the type may be left out; changing it is documented nowhere and refused.
func checkTool(body, old vapiObject) []string {
	var p problems
	toolType := body.text("type")
	if old != nil && body["type"] == nil {
		toolType = old.text("type")
	}
	if old != nil && toolType != old.text("type") {
		p.add("type must be equal to the type of the tool")
	}
	p.checkTool("", body, toolType)
	return p
}

func (p *problems) checkTool(path string, tool vapiObject, toolType string) {
	fields, known := toolFields(toolType)
	if !known {
		p.add("%stype must be one of the following values: apiRequest, bash, code, computer, dtmf, endCall, function, …", path)
		return
	}
	p.unknown(path, tool, fields, anyToolFields)
	if f := p.object(path, tool, "function"); f != nil {
		p.checkFunction(path+"function.", f)
	}
	p.checkServer(p.object(path, tool, "server"))
	var messages []vapiObject
	if value, sent := tool["messages"]; sent && json.Unmarshal(value, &messages) != nil {
		p.add("%smessages must be an array", path)
	}
	for i, message := range messages {
		p.text(fmt.Sprintf("%smessages.%d.", path, i), message, "content", 1000)
	}
}

func (p *problems) checkFunction(path string, f vapiObject) {
	p.unknown(path, f, functionFields)
	if !regexp.MustCompile(`^[a-zA-Z0-9_-]{1,64}$`).MatchString(f.text("name")) {
		p.add("%sname must match ^[a-zA-Z0-9_-]{1,64}$ regular expression", path)
	}
	p.text(path, f, "description", 1000)
	if parameters := p.object(path, f, "parameters"); parameters != nil {
		if parameters.text("type") != "object" {
			p.add("%sparameters.type must be one of the following values: object", path)
		}
		if p.object(path+"parameters.", parameters, "properties") == nil {
			p.add("%sparameters.properties must be an object", path)
		}
	}
}

func (p *problems) checkServer(s vapiObject) {
	if s == nil {
		return
	}
	p.unknown("server.", s, serverFields)
	p.text("server.", s, "url", 2048)
	if value, sent := s["timeoutSeconds"]; sent {
		var seconds float64
		if json.Unmarshal(value, &seconds) != nil || seconds < 1 || seconds > 300 {
			p.add("server.timeoutSeconds must be a number from 1 to 300")
		}
	}
}
