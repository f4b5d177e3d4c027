package spoken

import (
	"slices"
	"strings"
	"unicode"
)

// Emergency reports whether a text, in English or Spanish, speaks of a medical emergency. It is meant to be wrong on the
// safe side only: a phrase counts unless it is plainly denied ("no chest pain") or plainly past ("a stroke ten years
// ago"). A denial given as the answer to a question in the same text ("Chest pain? No.") still counts.
func Emergency(text string) bool {
	words := utterance(text)
	for _, p := range emergencyPhrases() {
		for start := range words {
			for _, end := range p.matches(words, start) {
				if p.firm || !denied(words, start, end) && !longPast(words, start, end) {
					return true
				}
			}
		}
	}
	return false
}

// pause is how far two words are apart.
type pause int

const (
	pauseNone     pause = iota
	pauseComma          // a breath: a denial does not reach over it, except in a list that ends in "or"
	pauseSentence       // the end of a sentence
	pauseQuestion       // the end of a question
)

// heard is a word and the pause behind it.
type heard struct {
	text  string
	after pause
}

// utterance cuts text into folded words. "can't", "can t" and "cant" are one word.
func utterance(text string) []heard {
	var words []heard
	var word strings.Builder
	flush := func() {
		if word.Len() > 0 {
			words = append(words, heard{text: word.String()})
			word.Reset()
		}
	}
	runes := []rune(fold(text))
	for i, r := range runes {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			word.WriteRune(r)
			continue
		}
		flush()
		if len(words) > 0 {
			last := &words[len(words)-1]
			last.after = max(last.after, pauseOf(runes, i))
		}
	}
	flush()
	return joinContractions(words)
}

func pauseOf(runes []rune, i int) pause {
	switch r := runes[i]; {
	case r == '?':
		return pauseQuestion
	case strings.ContainsRune(".!;:…\n\r¿¡", r):
		return pauseSentence
	case strings.ContainsRune(",–—()\"“”", r), r == '-' && i > 0 && runes[i-1] == ' ':
		return pauseComma
	}
	return pauseNone
}

// joinContractions mends "can t", which some transcribers write.
func joinContractions(words []heard) []heard {
	var out []heard
	for _, w := range words {
		if n := len(out); w.text == "t" && n > 0 && out[n-1].after == pauseNone && contracted(out[n-1].text+"t") {
			out[n-1] = heard{out[n-1].text + "t", w.after}
			continue
		}
		out = append(out, w)
	}
	return out
}

func contracted(word string) bool {
	return slices.Contains(strings.Fields("cant couldnt wont dont doesnt didnt isnt arent havent hasnt aint"), word)
}

// denied reports whether the phrase at words[start:end] is plainly denied.
func denied(words []heard, start, end int) bool {
	if sentenceIsQuestion(words, end) || exceptionBehind(words, end) {
		return false
	}
	at, ok := denialBefore(words, start)
	return ok && !deniedTwice(words, at)
}

// denialBefore walks back from a phrase over words that link it to a denial ("not having any chest pain") and over a list
// of symptoms that ends in "or" ("no fever, cough or chest pain").
func denialBefore(words []heard, start int) (at int, ok bool) {
	list := false
	for i := start - 1; i >= 0 && start-i <= 12; i-- {
		w := words[i]
		if w.after >= pauseSentence || w.after == pauseComma && (!list || isDenial(w.text)) {
			return 0, false
		}
		switch {
		case isDenial(w.text):
			return i, true
		case w.text == "or" || w.text == "nor" || w.text == "o" || w.text == "u" || w.text == "ni":
			list = true
		case linksDenial(w.text), list && isSymptom(w.text):
		case w.after == pauseNone && i > 0 && w.text == "of" && words[i-1].text == "free":
		default:
			return 0, false
		}
	}
	return 0, false
}

// deniedTwice reports a denial that is denied itself ("I can't say no chest pain"): who can tell what that means. A plain
// "no" before a sentence only answers, and "nor" only goes on.
func deniedTwice(words []heard, at int) bool {
	if words[at].text == "nor" || words[at].text == "ni" {
		return false
	}
	for i := at - 1; i >= 0 && at-i <= 4 && words[i].after == pauseNone; i-- {
		if words[i].text != "no" && (isDenial(words[i].text) || contracted(words[i].text) || words[i].text == "cannot") {
			return true
		}
	}
	return false
}

// exceptionBehind reports what turns a denial around: "no chest pain, except at night", "never had chest pain like this".
func exceptionBehind(words []heard, end int) bool {
	if end >= len(words) || words[end-1].after >= pauseSentence {
		return false
	}
	next := words[end].text
	if slices.Contains(strings.Fields("except excepting unless until till excepto salvo hasta"), next) {
		return true
	}
	if words[end-1].after != pauseNone {
		return false
	}
	if next == "any" && end+1 < len(words) && words[end+1].text == "more" {
		return true
	}
	return slices.Contains(strings.Fields(`only besides apart other like before this that as such when if anymore yesterday earlier
		solo sino antes asi como tan cuando ayer`), next)
}

// sentenceIsQuestion looks for the question mark of the sentence that a phrase stands in.
func sentenceIsQuestion(words []heard, end int) bool {
	for i := end - 1; i < len(words); i++ {
		if words[i].after >= pauseSentence {
			return words[i].after == pauseQuestion
		}
	}
	return false
}

func isDenial(word string) bool {
	return slices.Contains(strings.Fields(`no not never without denies deny denied denying dont doesnt didnt havent hasnt isnt arent aint nor neither none
		sin nunca jamas niega niego tampoco ni`), word)
}

// linksDenial lists the only words that may stand between a denial and what it denies. "Not only", "not sure about" and
// "no idea" are no denials.
func linksDenial(word string) bool {
	return slices.Contains(strings.Fields(`any a an the of have has had having got get getting been be feel feels feeling felt experience experiencing experienced
		suffer suffering suffered from with signs sign symptoms symptom my his her their active current recent severe acute sudden
		tengo tiene tienen tenemos tenido hay he ha siento siente sufro sufre un una ningun ninguna ningunos de del el la los signos sintomas me le mi su`), word)
}

// isSymptom lists what stands beside an emergency in a list of denials.
func isSymptom(word string) bool {
	return slices.Contains(strings.Fields(`fever fevers cough coughing chills nausea vomiting dizziness headache headaches pain pains swelling rash fatigue bleeding
		chest difficulty trouble breathing shortness breath weakness numbness stroke seizure seizures heart attack infection redness diarrhea
		fiebre tos nauseas vomito vomitos mareo mareos dolor pecho dificultad para respirar sangrado cabeza infarto hinchazon`), word)
}

// longPast reports a phrase that is history and nothing else: "a history of seizures", "had a stroke ten years ago". Days,
// weeks and "yesterday" are no history, and any word of the present in the sentence makes it present.
func longPast(words []heard, start, end int) bool {
	first, last := sentenceAround(words, start, end)
	for _, w := range words[first:last] {
		if isPresent(w.text) {
			return false
		}
	}
	return historyBefore(words[first:start]) || pastVerb(words[first:start]) && longAgo(words[end:last])
}

// sentenceAround returns the bounds of the sentence that holds words[start:end].
func sentenceAround(words []heard, start, end int) (first, last int) {
	for first = start; first > 0 && words[first-1].after < pauseSentence; {
		first--
	}
	for last = end; last < len(words) && words[last-1].after < pauseSentence; {
		last++
	}
	return first, last
}

func isPresent(word string) bool {
	return slices.Contains(strings.Fields(`now today again currently still since started starting keeps keep getting having is are am im hes shes its just and but feel feels
		ahora hoy otra vez todavia aun desde estoy esta tengo tiene siento y pero`), word)
}

// historyBefore reports "history of" right before a phrase.
func historyBefore(before []heard) bool {
	n := len(before)
	for i := max(0, n-3); i+1 < n; i++ {
		pair := before[i].text + " " + before[i+1].text
		if pair == "history of" || pair == "antecedentes de" {
			return before[i].after == pauseNone
		}
	}
	return false
}

func pastVerb(before []heard) bool {
	return slices.ContainsFunc(before, func(w heard) bool {
		return slices.Contains(strings.Fields("had suffered survived tuve tuvo sufri sufrio"), w.text)
	})
}

// longAgo reports "years ago", "last year", "in 2019", "as a child", "hace diez años" close behind a phrase.
func longAgo(after []heard) bool {
	text, previous := " ", ""
	for _, w := range after[:min(len(after), 6)] {
		if (previous == "in" || previous == "en") && len(w.text) == 4 && number(w.text) > 1900 {
			return true
		}
		text, previous = text+w.text+" ", w.text
		if w.after != pauseNone {
			break
		}
	}
	for _, marker := range []string{" years ago ", " last year ", " as a child ", " as a kid ", " el ano pasado ", " de nino ", " de nina "} {
		if strings.Contains(text, marker) {
			return true
		}
	}
	return strings.Contains(text, " hace ") && strings.Contains(text, " anos ")
}
