package spoken

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestEmergencyIsHeard(t *testing.T) {
	for _, text := range []string{
		"I have chest pain", "CHEST PAINS!!", "pain in my chest", "there's a pain on the left side of my chest", "my chest really hurts", "chest-pain", "pressure in the chest",
		"I can't breathe", "I can’t breathe", "i cant breathe", "I can t breathe", "I cannot really breathe", "can not breathe", "I can't... I can't. Breathe", "no I can't breathe",
		"can't catch my breath", "difficulty breathing", "she has trouble breathing", "I'm having a hard time breathing", "short of breath", "I'm out of breath", "he cannot get any air", "I feel like I'm going to pass out", "shortness of breath", "he is not breathing",
		"I can hardly breathe", "he stopped breathing", "I'm struggling to breathe", "It is hard to breathe", "unable to breathe",
		"I think my dad is having a stroke", "her face is drooping", "his speech is slurred", "my mother is unconscious", "he passed out", "she just fainted", "he won't wake up",
		"he's not responding", "she lost consciousness", "severe bleeding", "the bleeding won't stop", "bleeding that just will not stop", "I can't stop the bleeding",
		"it won't stop bleeding", "he is bleeding heavily", "bleeding a lot", "coughing up blood", "she took an overdose", "he overdosed", "I feel suicidal", "I want to kill myself",
		"I want to end my life", "I don't want to live anymore", "I want to die", "a heart attack", "cardiac arrest", "anaphylaxis", "anaphylactic shock", "severe allergic reaction",
		"my throat is closing up", "he is choking", "she is having a seizure", "call an ambulance", "this is a medical emergency",
		// Spanish
		"me duele el pecho", "tengo dolor en el pecho", "dolor de pecho", "no puedo respirar", "dificultad para respirar", "me falta el aire", "creo que es un infarto",
		"un ataque al corazón", "está inconsciente", "se desmayó", "no para de sangrar", "sangrado abundante", "una sobredosis", "quiero suicidarme", "reacción alérgica grave",
		"convulsiones", "se está ahogando", "no respira", "derrame cerebral", "perdió el conocimiento", "quiero morirme",
		// A denial that is none, or does not reach
		"not only chest pain", "not just chest pain but my arm too", "no, chest pain", "I can't say no, chest pain", "I can't say no chest pain", "no cough but chest pain",
		"no fever and chest pain", "No. Chest pain.", "no fever, chest pain", "no fever chest pain", "I have no idea, chest pain I think", "no cough now chest pain", "sin fiebre pero dolor en el pecho",
		"No fever however chest pain", "not sure if it's a stroke", "I don't know if it's a heart attack", "I don't think it's a stroke", "I don't deny chest pain",
		"No chest pain? I do!", "no chest pain until now", "no chest pain, except when I walk", "never had chest pain like this", "no chest pain anymore", "no chest pain. He passed out",
		"I'm not saying I can't breathe but it's close", "no solo dolor en el pecho", "no, me duele el pecho", "Is it not a stroke?", "chest pain no fever",
		"no chest pain and difficulty breathing", "no fever\nchest pain", "not without chest pain",
		// History that may be present
		"I had a stroke two years ago and now I can't breathe", "chest pain since last year", "I had chest pain yesterday", "I had chest pain last night",
		"my chest pain started two years ago", "history of seizures and she is having one now, a seizure", "I had a heart attack last week", "I tried suicide three years ago and I am suicidal",
	} {
		assert.True(t, Emergency(text), text)
	}
}

func TestNoEmergencyIsHeard(t *testing.T) {
	for _, text := range []string{
		"", "   ", "I would like to book a cleaning", "My back hurts", "a chest x-ray please", "I need a breast exam", "What are your opening hours?", "how much is Botox",
		"I can't come on Tuesday", "not on Friday", "I hurt myself at the gym last month", "can I take a breath mint", "my tooth aches", "an emergency appointment for my tooth",
		"necesito una cita para el martes", "me duele la espalda", "no puedo ir el martes", "quiero cambiar mi cita",
		// Plain denials
		"no chest pain", "No chest pain.", "No, no chest pain", "no I don't have chest pain", "No, I don’t have any chest pain", "not having any chest pain", "denies chest pain",
		"she denies having chest pain", "without difficulty breathing", "no difficulty breathing", "I'm not having any trouble breathing", "no shortness of breath",
		"I do not have chest pains", "never had a heart attack", "I've never had a seizure", "no signs of a stroke", "it's not a stroke", "he didn't pass out", "I'm not suicidal, thanks",
		"no fever or chest pain", "no fever, cough, or chest pain", "no fever, no chest pain", "neither chest pain nor difficulty breathing", "no chest pain or shortness of breath",
		"no chest pain but I have a cough", "no chest pain and no difficulty breathing", "No severe bleeding, just a small cut", "no history of seizures",
		"sin dolor en el pecho", "no tengo dolor en el pecho", "no me duele el pecho", "sin dificultad para respirar", "nunca he tenido un infarto", "niega dolor en el pecho",
		"no tiene fiebre ni dolor en el pecho",
		// Plain history
		"my father had a heart attack ten years ago", "I had a stroke in 2019", "family history of stroke", "a history of seizures", "she had a seizure as a child",
		"tuve un infarto hace diez años", "antecedentes de convulsiones",
	} {
		assert.False(t, Emergency(text), text)
	}
}

func FuzzEmergency(f *testing.F) {
	for _, seed := range []string{"chest pain", "no chest pain", "I can’t breathe", "no fever, or", "had a stroke", "no cough but chest pain?", "sin dolor en el pecho", "can t"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if len(text) > 2000 {
			t.Skip("longer texts only cost time")
		}
		if Emergency(text) {
			for _, more := range []string{". See you tomorrow.", ". My mother had flowers ten years ago.", ". No thanks!", ". Do you open on Friday?"} {
				require.True(t, Emergency(text+more), more)
			}
		}
	})
}
