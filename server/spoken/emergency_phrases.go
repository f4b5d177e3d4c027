package spoken

import (
	"slices"
	"strings"
)

// phrase is a pattern of words in order. Each place holds alternatives; a star at the end of one matches any ending.
type phrase struct {
	places [][]string
	gap    int  // how many other words may stand between two places
	firm   bool // holds a "no" of its own, or is too grave: no denial in front of it is believed
}

// matches returns where the phrase ends when it starts at a word: every way to fill the gaps. It looks past punctuation:
// people in trouble pause.
func (p phrase) matches(words []heard, start int) []int {
	if !fits(p.places[0], words[start].text) {
		return nil
	}
	ends := []int{start + 1}
	for _, place := range p.places[1:] {
		var next []int
		for _, from := range ends {
			for i := from; i < len(words) && i <= from+p.gap; i++ {
				if fits(place, words[i].text) && !slices.Contains(next, i+1) {
					next = append(next, i+1)
				}
				if !p.firm && (isDenial(words[i].text) || words[i].text == "and" || words[i].text == "or") {
					break
				}
			}
		}
		ends = next
	}
	return ends
}

func fits(alternatives []string, word string) bool {
	return slices.ContainsFunc(alternatives, func(a string) bool {
		stem, open := strings.CutSuffix(a, "*")
		return a == word || open && strings.HasPrefix(word, stem)
	})
}

// pattern writes a phrase as "chest pain|pains|hurt*".
func pattern(gap int, firm bool, spec string) phrase {
	p := phrase{gap: gap, firm: firm}
	for place := range strings.FieldsSeq(spec) {
		p.places = append(p.places, strings.Split(place, "|"))
	}
	return p
}

// emergencyPhrases lists what counts, English first.
func emergencyPhrases() []phrase {
	var out []phrase
	for _, spec := range deniablePhrases() {
		out = append(out, pattern(2, false, spec))
	}
	for _, spec := range widePhrases() {
		out = append(out, pattern(6, false, spec))
	}
	for _, spec := range firmPhrases() {
		out = append(out, pattern(3, true, spec))
	}
	for _, spec := range closePhrases() {
		out = append(out, pattern(1, true, spec))
	}
	return out
}

// deniablePhrases allow two words in between.
func deniablePhrases() []string {
	return []string{
		"chest pain|pains|hurt|hurts|hurting|pressure|tightness|tight|ache|aches|aching|burning",
		"difficulty|difficulties|trouble|problem|problems|struggling|struggle|hard|unable|gasping breathing|breathe|breath|breathin",
		"short|shortness|gasping|fighting|out of|for breath|air", "barely|hardly|scarcely breathe|breathing",
		"stroke|strokes", "face|mouth drooping|droops|drooped|droopy", "slurred|slurring speech|words", "speech slurred|slurring",
		"unconscious", "unresponsive", "lost|losing|loses consciousness", "pass|passed|passing|passes|blacked|blacking out", "fainted|fainting|collapsed|collapsing|collapse",
		"severe|severely|heavy|heavily|profuse|profusely|uncontrolled|massive|serious bleeding|bleed",
		"bleeding|bled|bleeds heavily|badly|profusely|severely|lot|uncontrollably|everywhere", "hemorrhag*|haemorrhag*",
		"coughing|vomiting|throwing|spitting up blood", "vomiting|coughing|spitting blood", "losing blood",
		"overdose*|overdosing", "took|taken|swallowed many|bottle pills|tablets|medication", "poisoned|poisoning", "swallowed bleach|poison|battery",
		"suicid*", "heart attack|attacks", "heart stopped", "cardiac arrest", "anaphyla*", "severe|severely|serious|bad|terrible|extreme allergic reaction",
		"throat closing|closed|swelling|swollen|swells|closes", "tongue swelling|swollen|swells", "choking|chokes|choked|choke",
		"seizure|seizures|seizing", "convulsion|convulsions|convulsing|convulses", "turning|turned blue", "lips blue",
		"medical emergency", "need|call|get|send ambulance", "call|dial 911|999|112", "in labor|labour", "water|waters broke|broken",
		// Spanish
		"dolor|dolores|presion|opresion|duele pecho", "pecho duele|aprieta|oprime",
		"dificultad|dificultades|problemas respirar|respiratoria", "cuesta respirar", "falta|faltando aire", "ahogo|ahoga|ahogando|ahogandome|asfixia*", "atragant*",
		"derrame|ataque cerebral", "ictus", "infarto|infartos", "ataque corazon|cardiaco", "paro cardiaco|cardiorrespiratorio",
		"inconsciente", "desmay*", "perdio|perdi|perdido|pierde conocimiento|consciencia|conciencia",
		"sangrado|sangrando|sangra|hemorragia grave|severo|severa|abundante|mucho|fuerte|mucha", "hemorragia", "vomitando|tosiendo sangre",
		"sobredosis", "anafila*", "reaccion alergica grave|severa|fuerte", "garganta cierra|cerrando", "convulsion|convulsiones|convulsionando|convulsiona", "ataque epileptico",
		"necesito|necesitamos|llame|llamen|manden|llama ambulancia", "emergencia medica",
	}
}

// widePhrases need room for where it hurts: "pain on the left side of my chest".
func widePhrases() []string {
	return []string{"pain|pains|pressure|tightness|ache|hurts|squeezing|burning chest"}
}

// firmPhrases are believed whatever stands before them. Three words may stand in between.
func firmPhrases() []string {
	return []string{
		"cant|cannot|couldnt breathe|breath|breathing|air", "can|could not|hardly|barely|never breathe", "not|unable able|to breathe",
		"cant|cannot wake", "bleeding wont|doesnt|isnt|cant|cannot|not|keeps stop|stopping|stopped|going",
		"wont|doesnt|cant|cannot|not|never stop|stopping bleeding|blood",
		"kill|killing|killed myself|himself|herself|themselves", "take|taking|took my|his|her own life",
		"want|wants|wanna|ready|going to die", "dont|doesnt|not want|wants|wanna live|alive",
		"want|wants|wanna|going|gonna|might hurt|harm|cut myself", "think dying",
		// Spanish
		"no puedo|puede|podemos|logra respirar", "no para|deja de sangrar", "sangrado|hemorragia no para|deja|cesa",
		"suicidarme|suicidarse|suicidio|suicida", "matarme|matarse", "quitarme vida", "quiero|quiere morir|morirme|morirse", "no quiero|quiere vivir",
	}
}

// closePhrases are believed like the firm ones, but let one word in: "not really breathing", and not "not having any
// trouble breathing".
func closePhrases() []string {
	return []string{
		"not|isnt|aint|stopped|stops|quit breathing", "not|doesnt|isnt|wont respond|responding|waking", "not|doesnt|wont wake up",
		"end|ending my life", "end|ending it all", "harming|hurting|cutting myself",
		// Spanish
		"no respira|respirando|despierta|responde|reacciona", "dejo de respirar",
	}
}
