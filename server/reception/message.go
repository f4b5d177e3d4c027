package reception

import (
	"context"

	"github.com/voxanne-ai/voxanne/db"
	"github.com/voxanne-ai/voxanne/server/spoken"
	"github.com/voxanne-ai/voxanne/server/voice"
)

// takeMessage keeps what the caller wants the staff to know.
func takeMessage(ctx context.Context, q request) (reply, error) {
	body := q.args.Text(voice.ArgMessage)
	if body == "" {
		return said("question", "Ask what the message is."), nil
	}
	var callback *string
	if words := q.args.Text(voice.ArgCallbackNumber); words != "" {
		number, ok := spoken.SpokenNumber(words, q.call.Country)
		if !ok {
			return said("question", "The call-back number is not complete. Ask the caller to repeat it digit by digit."), nil
		}
		callback = &number
	}
	name, _ := spoken.Name(q.args.Text(voice.ArgCallerName))
	_, err := q.tx.TakeMessage(ctx, db.TakeMessageParams{
		CallID: q.call.CallID, ToolCallID: pointer(q.id), Body: body, CallerName: pointer(name),
		CallbackNumber: callback, Urgent: q.args.Flag(voice.ArgUrgent)})
	if err != nil {
		return reply{}, err
	}
	return said("message_taken", "The message is noted and the staff have been told. Say that the clinic will get back to them."), nil
}
