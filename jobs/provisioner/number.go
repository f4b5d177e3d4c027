package provisioner

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"

	"github.com/voxanne-ai/voxanne/providers/twilio"
	"github.com/voxanne-ai/voxanne/providers/vapi"
)

// imported is what undoes an import: where Vapi sent the number's calls.
type imported struct {
	Calls twilio.Calls `json:"calls"`
}

// importNumber brings the number to Vapi, routed from the first moment, so that nobody who calls meanwhile is lost. Texts
// stay with Twilio: smsEnabled false.
func (w *work) importNumber(ctx context.Context) (made, error) {
	routing, err := w.routing()
	if err != nil {
		return made{}, err
	}
	id, adopted, err := w.knownNumber(ctx)
	if err != nil {
		return made{}, err
	}
	fields := map[string]any{
		"twilioAccountSid": w.credentials.AccountSID, "twilioAuthToken": w.credentials.AuthToken, "smsEnabled": false,
	}
	maps.Copy(fields, routing)
	if !adopted {
		fields["name"] = w.mark()
	}
	if id != "" {
		calls, err := w.importAgain(ctx, id, fields)
		return made{id: id, undo: imported{Calls: calls}}, err
	}
	if id, err = w.createNumber(ctx, fields); err != nil {
		return made{}, err
	}
	now, err := w.atTwilio(ctx)
	return made{id: id, undo: imported{Calls: now.Webhooks.Calls}}, err
}

// importAgain changes a number that Vapi has, and returns where Vapi has its calls sent. Whether Vapi sets that at Twilio
// again is not published. Where it does not, what it set at first still counts: calls that somebody moved are seen to go
// elsewhere, and stay there when the number is given back.
func (w *work) importAgain(ctx context.Context, id string, fields map[string]any) (twilio.Calls, error) {
	before, err := w.atTwilio(ctx)
	if err != nil {
		return twilio.Calls{}, err
	}
	if _, err = w.patchNumber(ctx, id, fields); err != nil {
		return twilio.Calls{}, err
	}
	now, err := w.atTwilio(ctx)
	if err != nil || len(w.task.Undo) == 0 || now.Webhooks.Calls != before.Webhooks.Calls {
		return now.Webhooks.Calls, err
	}
	earlier, err := w.earlier()
	if err != nil {
		return twilio.Calls{}, err
	}
	var first imported
	if json.Unmarshal(w.task.Undo, &first) != nil {
		return twilio.Calls{}, errUnreadable
	}
	if first.Calls == earlier.Calls { // Vapi had set nothing yet when we looked, or had the number before
		return now.Webhooks.Calls, nil
	}
	return first.Calls, nil
}

// knownNumber is the number's object at Vapi, "" for none. adopted: the clinic had it before this run, which leaves
// it its name and deletes it only with a release. Anybody else's is errForeign: it is not touched.
func (w *work) knownNumber(ctx context.Context) (id string, adopted bool, err error) {
	listed, err := w.Vapi.ListPhoneNumbers(ctx)
	if err != nil {
		return "", false, fmt.Errorf("look for the number: %w", err)
	}
	for _, o := range listed {
		if o.Text("number") != text(w.task.Number) {
			continue
		}
		id = o.Text("id")
		switch {
		case o.Text("name") == w.mark():
			return id, false, nil
		case id == text(w.task.KnownVapiID):
			return id, true, nil
		}
		return "", false, errForeign
	}
	return "", false, nil
}

func (w *work) createNumber(ctx context.Context, fields map[string]any) (id string, err error) {
	fields["number"] = text(w.task.Number)
	if fields["assistantId"] == nil {
		delete(fields, "assistantId")
	}
	if fields["fallbackDestination"] == nil {
		delete(fields, "fallbackDestination")
	}
	body, err := vapi.Encode(fields)
	if err != nil {
		return "", err
	}
	created, err := w.Vapi.CreatePhoneNumber(ctx, body)
	if refused := new(vapi.InvalidError); errors.As(err, &refused) {
		// A request that nobody answered may have come about only now: the next try goes on with what it made.
		if made, _, again := w.knownNumber(ctx); again == nil && made != "" {
			return "", errNotTaken
		}
	}
	if err != nil {
		return "", fmt.Errorf("import the number: %w", err)
	}
	return created.Text("id"), nil
}

// patchNumber changes the number at Vapi and checks the part that calls depend on. A field that is to go is sent as null
// only where there is one: the schema does not name null.
func (w *work) patchNumber(ctx context.Context, id string, fields map[string]any) (vapi.Object, error) {
	current, err := w.Vapi.GetPhoneNumber(ctx, id)
	if err != nil {
		return nil, w.goneOr(fmt.Errorf("read the number: %w", err))
	}
	for _, key := range []string{"assistantId", "fallbackDestination"} {
		if fields[key] == nil && current[key] == nil {
			delete(fields, key)
		}
	}
	body, err := vapi.Encode(fields)
	if err != nil {
		return nil, err
	}
	now, err := w.Vapi.PatchPhoneNumber(ctx, id, body)
	if err != nil {
		return nil, w.goneOr(fmt.Errorf("change the number: %w", err))
	}
	if !w.routed(now) {
		return nil, errNotTaken
	}
	return now, nil
}

func (w *work) goneOr(err error) error {
	if errors.Is(err, vapi.ErrNotFound) {
		return errGone
	}
	return err
}

// removeNumber takes the number away from Vapi, also one whose id we never learned, and has its calls go where they went
// before.
func (w *work) removeNumber(ctx context.Context) (made, error) {
	id, adopted, err := w.knownNumber(ctx)
	switch {
	case errors.Is(err, errForeign): // somebody imported it since; what happens to its calls is theirs
		return made{}, nil
	case err != nil:
		return made{}, err
	case adopted && w.task.Outcome == "undo":
		return made{skipped: true}, nil
	}
	if id != "" {
		if err := w.Vapi.DeletePhoneNumber(ctx, id); err != nil && !errors.Is(err, vapi.ErrNotFound) {
			return made{}, fmt.Errorf("delete the number: %w", err)
		}
	}
	return made{}, w.restoreCalls(ctx)
}
