package server

import (
	"context"

	"github.com/voxanne-ai/voxanne/server/api"
)

// voiceProvider makes the voices' sound; its own ones need no further account.
const voiceProvider = "vapi"

// defaultVoice and defaultLanguage are the columns' defaults of public.agents.
const (
	defaultVoice    = "Rohan"
	defaultLanguage = "en-US"
)

// voices is the closed list of what an agent may sound like, the default one first.
func voices() []api.Voice {
	return []api.Voice{
		{Id: defaultVoice, Name: "Rohan", Gender: api.Male, Provider: voiceProvider, IsDefault: true, Description: "Bright and energetic."},
		{Id: "Elliot", Name: "Elliot", Gender: api.Male, Provider: voiceProvider, Description: "Calm and friendly."},
		{Id: "Savannah", Name: "Savannah", Gender: api.Female, Provider: voiceProvider, Description: "Plain and warm, with a southern American accent."},
	}
}

// language is one that an agent may speak, as callers' words are transcribed.
type language struct{ code, name string }

func languages() []language {
	return []language{
		{"en-US", "English (United States)"}, {"en-GB", "English (United Kingdom)"},
		{"es-ES", "Spanish (Spain)"}, {"es-MX", "Spanish (Mexico)"},
		{"fr-FR", "French"}, {"de-DE", "German"}, {"it-IT", "Italian"},
		{"pt-BR", "Portuguese (Brazil)"}, {"pt-PT", "Portuguese (Portugal)"},
		{"nl-NL", "Dutch"}, {"pl-PL", "Polish"}, {"ru-RU", "Russian"},
		{"ja-JP", "Japanese"}, {"zh-CN", "Chinese (Mainland)"}, {"zh-TW", "Chinese (Taiwan)"},
		{"ko-KR", "Korean"}, {"ar-SA", "Arabic"}, {"hi-IN", "Hindi"},
	}
}

// GetAvailableVoices lists the voices as the agents' page reads them.
func (h handlers) GetAvailableVoices(ctx context.Context, _ api.GetAvailableVoicesRequestObject) (api.GetAvailableVoicesResponseObject, error) {
	if err := h.mayAsk(ctx); err != nil {
		return nil, err
	}
	return api.GetAvailableVoices200JSONResponse(voices()), nil
}

// GetConsoleVoices lists the same voices as the console reads them.
func (h handlers) GetConsoleVoices(ctx context.Context, _ api.GetConsoleVoicesRequestObject) (api.GetConsoleVoicesResponseObject, error) {
	if err := h.mayAsk(ctx); err != nil {
		return nil, err
	}
	answer := api.GetConsoleVoices200JSONResponse{Provider: voiceProvider, Default: defaultVoice}
	for _, v := range voices() {
		answer.Voices = append(answer.Voices, api.ConsoleVoice{Id: v.Id, Label: v.Name, Provider: v.Provider, Gender: string(v.Gender)})
	}
	return answer, nil
}

// GetConsoleLanguages lists the languages.
func (h handlers) GetConsoleLanguages(ctx context.Context, _ api.GetConsoleLanguagesRequestObject) (api.GetConsoleLanguagesResponseObject, error) {
	if err := h.mayAsk(ctx); err != nil {
		return nil, err
	}
	answer := api.GetConsoleLanguages200JSONResponse{Default: defaultLanguage}
	for _, l := range languages() {
		answer.Languages = append(answer.Languages, api.ConsoleLanguage{Code: l.code, Name: l.name})
	}
	return answer, nil
}
