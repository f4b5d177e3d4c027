package sandbox

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
)

// SetUp is how an inbound call was put through.
type SetUp struct {
	CallID string
	// Answer is what the number's server said, or the assistant that the number has itself; zero when there was none to use.
	Answer AssistantAnswer
	// OwnLine is the number's fallbackDestination, rung because there was no usable answer. "" too when it has none: then
	// the caller hears that the call cannot be taken.
	OwnLine string
	// Trouble is why there was no usable answer: a [*TroubleError], [*DeadlineError], [*ContractError], no server, ….
	Trouble error
	// Took is from the call's arrival until the assistant spoke or the own line rang.
	Took time.Duration
}

// Arrive plays a call that arrives at an imported number, until it is put through: the number's own assistant takes it,
// else the number's server is asked, for 7.5 s at most, and without a usable answer the number's fallbackDestination rings
// (Vapi: assistant-request). An error: the account has no such number.
func (v *Vapi) Arrive(ctx context.Context, from, to string) (SetUp, error) {
	v.mu.Lock()
	number := v.numberAt(to)
	server, known := readVapiServer(number["server"])
	line := Line{CallID: uuid.NewString(), PhoneNumberID: number.text("id"), Number: to, Customer: from, At: v.now()}
	hooks := v.lines.hooks
	v.mu.Unlock()
	if number == nil {
		return SetUp{}, errors.New("the account has no such number")
	}
	s := SetUp{CallID: line.CallID, Answer: AssistantAnswer{AssistantID: number.text("assistantId")}}
	if s.Answer.AssistantID != "" {
		return s, nil
	}
	begun := time.Now()
	if known {
		s.Answer, s.Trouble = server.caller(hooks).requestAssistant(ctx, "", AssistantRequest(line))
	} else {
		s.Trouble = errors.New("neither the number nor the account has a server to ask")
	}
	if s.Trouble == nil && !v.canAnswer(s.Answer) {
		s.Trouble = &ContractError{Message: "assistant-request", Broken: "the account has no assistant with this id"}
	}
	if s.Trouble != nil {
		s.Answer, s.OwnLine = AssistantAnswer{}, fallbackOf(number)
	}
	s.Took = time.Since(begun)
	return s, nil
}

// String says who took the call, for a test's output.
func (s SetUp) String() string {
	return fmt.Sprintf("assistant %q, own line %q after %s (%v)", s.Answer.AssistantID, s.OwnLine, s.Took, s.Trouble)
}

// canAnswer: an assistant that is named must be one of the account.
func (v *Vapi) canAnswer(a AssistantAnswer) bool {
	v.mu.Lock()
	defer v.mu.Unlock()
	_, found := v.assistants[a.AssistantID]
	return found || a.AssistantID == "" || v.lines.strange != nil
}

// numberAt finds an imported number, nil when there is none. It needs v.mu.
func (v *Vapi) numberAt(e164 string) vapiObject {
	for _, number := range v.numbers {
		if number.text("number") == e164 {
			return number
		}
	}
	return nil
}

func fallbackOf(number vapiObject) string {
	var to vapiObject
	if json.Unmarshal(number["fallbackDestination"], &to) != nil {
		return ""
	}
	return to.text("number")
}
