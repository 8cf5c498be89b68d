import { expect } from 'chai';
import { badRequest, internalError } from '../../src/admission/errors.ts';
import { logAdvice } from '../../src/commands/adviceLog.ts';
import type { LogLevel } from '../../src/commands/logLevels.ts';
import { type AdviceReply, adviceFailure, NoAdviceError, silence } from '../../src/webhook/adviceReply.ts';

type Line = readonly [LogLevel, string, unknown];

function linesOf(reply: AdviceReply): readonly Line[] {
  const lines: Line[] = [];
  logAdvice((level, message, fields) => lines.push([level, message, fields]), reply, 0.0012345);
  return lines;
}

const request = { uid: 'u', dryRun: false, kind: 'Deployment', name: 'web' };
const reply: AdviceReply = { kind: 'workloads', outcome: 'silent', status: 200, body: '{}', request, warnings: [] };
const asked = { advice: 'workloads', uid: 'u', kind: 'Deployment', name: 'web', dryRun: false, milliseconds: 1.235 };

describe('logAdvice', () => {
  it('says what was said, and about what', () => {
    expect(linesOf({ ...reply, outcome: 'advised', warnings: ['a', 'b'] })).to.deep.equal([
      ['info', 'Advice given.', { ...asked, warnings: ['a', 'b'] }],
    ]);
  });

  it('says nothing where nothing was said', () => expect(linesOf(reply)).to.deep.equal([]));

  it('says why there was no time', () => {
    const fields = { advice: 'namespaces', milliseconds: 1.235, reason: 'there is too much to do' };
    expect(linesOf(silence('namespaces', 'u', new NoAdviceError('there is too much to do')))).to.deep.equal([
      ['warn', 'No advice was given.', fields],
    ]);
  });

  it('tells a fault of ours by its cause', () => {
    const cause = Object.assign(new Error('the rule is broken'), { stack: 'Error: the rule is broken\n  at rule' });
    expect(linesOf({ ...silence('workloads', 'u', cause), request })).to.deep.equal([
      ['error', 'Advice failed; the object was let through.', { ...asked, cause: cause.stack }],
    ]);
  });

  it('says of what is no review what its sender was told', () => {
    const fields = { advice: 'workloads', milliseconds: 1.235 };
    expect(linesOf(adviceFailure('workloads', badRequest('the body is not JSON')))).to.deep.equal([
      ['warn', 'the body is not JSON', { ...fields, stage: 'decode', status: 400 }],
    ]);
    expect(
      linesOf(adviceFailure('workloads', internalError('decide', new Error('x')))).map(([level]) => level),
    ).to.deep.equal(['error']);
  });

  it('shortens the name, which anybody may have sent', () => {
    const [[, , fields] = []] = linesOf({
      ...reply,
      outcome: 'advised',
      request: { ...request, name: 'n'.repeat(10_000) },
    });
    expect(fields).to.have.property('name').with.length(253);
  });
});
