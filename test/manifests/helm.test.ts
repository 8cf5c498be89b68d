import { expect } from 'chai';
import { parseManifests } from '../../src/manifests/parse.ts';

const advice = 'this looks like a Helm template: render it first (helm template … | pod-hardener check -f -)';

function errorsOf(text: string): readonly (string | undefined)[] {
  return parseManifests(text, 'a.yaml').map(({ error }) => error?.message);
}

describe('a template of Helm', () => {
  const templates: Readonly<Record<string, string>> = {
    'name: {{ .Release.Name }}\n': 'line 1, column 7',
    'kind: Pod\n{{- if .Values.labels }}\nlabels:\n{{- end }}\n': 'line 2, column 1',
    'metadata:\n  labels:\n    {{- include "chart.labels" . | nindent 4 }}\n': 'line 3, column 5',
    '\uFEFFa: b-{{ .c }}\r\nd: {{ .e }}-f\r\n': 'line 2, column 4',
    '# {{ a comment }}\na: "{{ .b }}"\n- {{ .c }}\n': 'line 3, column 3',
  };
  for (const [text, place] of Object.entries(templates)) {
    it(`is known by the braces in ${JSON.stringify(text)}`, () => {
      expect(errorsOf(text)).to.deep.equal([`a.yaml: ${place}: ${advice}`]);
    });
  }

  it('is told of each document that is one', () => {
    expect(errorsOf('a: {{ .b }}\n---\nc: 1\n---\nd: {{ .e }}\n')).to.deep.equal([
      `a.yaml: document 1, line 1, column 4: ${advice}`,
      undefined,
      `a.yaml: document 3, line 5, column 4: ${advice}`,
    ]);
  });

  it('is no other text with such braces, be it right or wrong', () => {
    expect(errorsOf('a: "{{ .b }}"\nc: d-{{ .e }}\nf: |\n  {{ .g }}\n')).to.deep.equal([undefined]);
    for (const text of [
      'a: "{{ .b }}"\n',
      'a: |\n  {{ .b }}\n',
      '# {{ .b }}\n',
      'a: b-{{ .c }}\n',
      'a: {b: { c: 1}}\n',
    ]) {
      expect(errorsOf(`${text}"`)[0], text).not.to.include('Helm');
      expect(errorsOf(`${text}"`)[0], text).not.to.equal(undefined);
    }
  });
});
