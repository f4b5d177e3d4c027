package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"time"

	"github.com/google/uuid"

	"github.com/voxanne-ai/voxanne/providers/sandbox"
	"github.com/voxanne-ai/voxanne/server/voice"
)

// callers are assistants of calls, as Vapi sends what they want. The draw of clinic, caller, day, time and question is the
// pgbench scripts'.
type callers struct{ caller *sandbox.Caller }

// mostWaiting is how many arrived callers may wait for an answer before further ones are given up as errors.
const mostWaiting = 1000

// errPutOff: the answer was a sentence that a caller hears when the service is too busy, in trouble, or knows no such clinic.
var errPutOff = errors.New("the caller was put off")

func putsOff(answer string) bool {
	return answer == voice.SentenceTrouble || strings.HasPrefix(answer, "The calendar is busy") || strings.HasPrefix(answer, "This line is not set up")
}

// someNumber is the number of one of the clinics in sql/bench/clinics.sql.
func someNumber() string { return fmt.Sprintf("+1312555%d", 1000+rand.IntN(40)) }

// someCaller is the number of whoever calls.
func someCaller() string { return fmt.Sprintf("+1312555%d", 2000+rand.IntN(8000)) }

func (c callers) measure(ctx context.Context, kind string, clients int, warm, length time.Duration) (figures, error) {
	return busy(ctx, clients, warm, length, func(ctx context.Context) error { return c.call(ctx, kind, someNumber()) })
}

// call sends one tool call, book, availability or knowledge, of a call of its own to a clinic's number.
func (c callers) call(ctx context.Context, kind, number string) error {
	day := time.Now().AddDate(0, 0, 1+rand.IntN(150)).Format(time.DateOnly)
	call := sandbox.ToolCall{ID: "call-" + uuid.NewString()}
	switch kind {
	case "book":
		call.Name, call.Arguments = "bookClinicAppointment", wish(day, 9*60+15*rand.IntN(31))
	case "knowledge":
		call.Name, call.Arguments = "queryKnowledgeBase", map[string]any{"query": questionOf(1 + rand.IntN(questionsAsked))}
	default:
		call.Name, call.Arguments = "checkAvailability", map[string]any{"serviceType": "Checkup", "appointmentDate": day}
	}
	_, err := c.ask(ctx, number, call)
	return err
}

// transfer asks where a call of its own to a clinic's number is put through.
func (c callers) transfer(ctx context.Context, number string) error {
	line := sandbox.Line{CallID: uuid.NewString(), Number: number, Customer: someCaller(), At: time.Now()}
	_, _, err := c.caller.RequestTransfer(ctx, sandbox.TransferRequest(line, `{}`))
	return err
}

// wish is a visit on a day, so many minutes after midnight.
func wish(day string, minutes int) map[string]any {
	return map[string]any{"serviceType": "Checkup", "appointmentDate": day, "patientName": "Ann Quillfeather",
		"appointmentTime": time.Date(2000, 1, 1, 0, minutes, 0, 0, time.UTC).Format("15:04")}
}

// ask sends one tool call of a call of its own and returns the answer. A sentence that puts the caller off is an error: it is
// quick, and it is not what was asked for.
func (c callers) ask(ctx context.Context, number string, call sandbox.ToolCall) (sandbox.ToolResult, error) {
	line := sandbox.Line{CallID: uuid.NewString(), Number: number, Customer: someCaller(), At: time.Now()}
	results, err := c.caller.CallTools(ctx, sandbox.ToolCalls(line, sandbox.NestedObject, call))
	if err != nil {
		return sandbox.ToolResult{}, err
	}
	if putsOff(results[0].Text()) {
		return sandbox.ToolResult{}, errPutOff
	}
	return results[0], nil
}

// arrive lets callers arrive by chance, so many a second on average, whether or not earlier ones have their answers. A
// latency counts from the moment at which the caller arrived. One arrives at least, however slow the service is.
func (c callers) arrive(ctx context.Context, kind string, perSecond float64, length time.Duration) (all figures, err error) {
	var mu sync.Mutex
	var callers sync.WaitGroup
	waiting := make(chan struct{}, mostWaiting)
	begun := time.Now()
	for at, arrived := begun, 0; ; arrived++ {
		at = at.Add(time.Duration(rand.ExpFloat64() / perSecond * float64(time.Second)))
		if at.Sub(begun) > length && arrived > 0 {
			break
		}
		select {
		case <-ctx.Done():
			callers.Wait()
			return all, ctx.Err()
		case <-time.After(time.Until(at)):
		}
		select {
		case waiting <- struct{}{}:
		default:
			all.noteError(&mu)
			continue
		}
		callers.Go(func() {
			failed := c.call(ctx, kind, someNumber())
			took := time.Since(at)
			<-waiting
			if failed != nil {
				all.noteError(&mu)
				return
			}
			mu.Lock()
			defer mu.Unlock()
			all.took = append(all.took, took)
		})
	}
	callers.Wait()
	all.length = time.Since(begun)
	if all.errors > 0 || len(all.took) == 0 {
		return all, fmt.Errorf("%s at %.0f a second: %d of %d callers had no answer", kind, perSecond, all.errors, all.errors+len(all.took))
	}
	return all, nil
}

// noteError counts one under a lock.
func (f *figures) noteError(mu *sync.Mutex) {
	mu.Lock()
	defer mu.Unlock()
	f.errors++
}
