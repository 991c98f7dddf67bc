import { Readable } from 'node:stream';
import { Controller, Get, Inject, Query, Req, Res } from '@nestjs/common';
import { ApiOperation, ApiParam, ApiProduces, ApiTags } from '@nestjs/swagger';
import { incidentIdOf, isIncidentStream, streamOf } from '#engine';
import { formatReceipt, toBase64, wholeNumberIn } from '#evidence';
import type { EvidenceStatus } from '#evidence';
import { Refusal } from '#kernel';
import { PORTS } from '../ports.js';
import type { ApiPorts } from '../ports.js';
import { Asks } from '../door/access.js';
import { callerOf, incidentIdIn, noSuchIncident } from '../door/request.js';
import type { ApiReply, ApiRequest } from '../door/request.js';
import { Door } from '../orders/door.js';
import { ConsistencyAddress, ExportAddress, TreeAddress } from './addresses.js';

const plain = 'text/plain; charset=utf-8';
const noSuchPosition = (position: string): Refusal => new Refusal('evidence.position-unknown', `The log has no position ${position}.`, { position });

@ApiTags('evidence')
@Controller('api')
export class EvidenceController {
  constructor(
    @Inject(PORTS) private readonly ports: ApiPorts,
    @Inject(Door) private readonly door: Door,
  ) {}

  @Get('evidence')
  @Asks('evidence')
  @ApiOperation({ summary: '存证 How far the log is signed and witnessed, by which keys, and whether something is wrong', operationId: 'evidence' })
  async status(@Req() request: ApiRequest): Promise<EvidenceStatus> {
    const status = await this.ports.evidence.status();
    request.logPosition = status.logPosition;
    return status;
  }

  @Get('evidence/checkpoint')
  @Asks('evidence')
  @ApiProduces('text/plain')
  @ApiOperation({ summary: '校验点 The last signed checkpoint with what witnesses put under it (C2SP tlog-checkpoint)', operationId: 'evidenceCheckpoint' })
  async checkpoint(@Query() { tree = 'sha256' }: TreeAddress, @Res() reply: ApiReply): Promise<void> {
    reply.type(plain).send(await this.ports.evidence.checkpoint(tree));
  }

  @Get('evidence/consistency')
  @Asks('evidence')
  @ApiOperation({ summary: '一致性证明 That the log of one size is the beginning of the log of another', operationId: 'evidenceConsistency' })
  async consistency(@Query() { tree = 'sha256', from, to }: ConsistencyAddress): Promise<object> {
    return { tree, from, to, proof: (await this.ports.evidence.consistency(tree, from, to)).map(toBase64) };
  }

  @Get('evidence/leaves/:position')
  @Asks('evidence-leaf')
  @ApiParam({ name: 'position', schema: { type: 'integer', minimum: 1 } })
  @ApiOperation({ summary: '叶子 What the trees have of one fact, and its proof of inclusion', operationId: 'evidenceLeaf' })
  async leaf(@Req() request: ApiRequest): Promise<object> {
    const { position: said = '' } = request.params;
    const position = wholeNumberIn(said);
    if (position === null || position < 1) throw noSuchPosition(said);
    const { leaf, content, trees } = await this.ports.evidence.leaf(position);
    await this.insistVisible(request, content.stream, said);
    return {
      position, index: position - 1, leaf: toBase64(leaf), content,
      trees: Object.fromEntries(Object.entries(trees).map(([tree, { hash, size, proof, checkpoint }]) => [tree, { hash: toBase64(hash), size, proof: proof.map(toBase64), checkpoint }])),
    };
  }

  @Get('incidents/:id/receipt')
  @Asks('receipt')
  @ApiProduces('text/plain')
  @ApiParam({ name: 'id', schema: { type: 'string', format: 'uuid' } })
  @ApiOperation({ summary: '回执 That the report stands in the log, as a file that proves itself (C2SP tlog-proof)', operationId: 'receipt' })
  async receipt(@Req() request: ApiRequest, @Res() reply: ApiReply): Promise<void> {
    const incidentId = incidentIdIn(request);
    await this.insistOwnOrVisible(request, incidentId);
    const [reported] = await this.ports.store.readStream(streamOf(incidentId));
    if (!reported) throw noSuchIncident();
    const receipt = formatReceipt(await this.ports.evidence.receipt(reported.position));
    reply.type(plain).header('content-disposition', `attachment; filename="${incidentId}.tlog-proof"`).send(receipt);
  }

  @Get('evidence/export')
  @Asks('evidence-export')
  @ApiProduces('application/x-ndjson')
  @ApiOperation({ summary: '导出 A stretch of the log, exactly as it is recorded, with everything that is needed to verify it anywhere', operationId: 'evidenceExport' })
  async export(@Query() { from = 1, to }: ExportAddress, @Res() reply: ApiReply): Promise<void> {
    const lines = await this.ports.evidence.exportLines(from, to);
    const { logId } = this.ports.store.identity();
    reply.type('application/x-ndjson; charset=utf-8').header('content-disposition', `attachment; filename="log-${logId.slice(0, 8)}-from-${from}.ndjson"`).send(Readable.from(lines));
  }

  /** Who reported has a right to the receipt, and so has whoever sees the incident. */
  private async insistOwnOrVisible(request: ApiRequest, incidentId: string): Promise<void> {
    const caller = callerOf(request);
    const { state, position } = await this.ports.desk.load(incidentId);
    if (state.stage === 'unknown') throw noSuchIncident();
    if (state.origin.reporterId !== caller.actor.id) await this.door.visible(caller, incidentId);
    request.logPosition = position;
  }

  /** A leaf says of a fact only what it is about, so an auditor may have any; facts that are about no incident are everybody's. */
  private async insistVisible(request: ApiRequest, stream: string, said: string): Promise<void> {
    const caller = callerOf(request);
    const incidentId = isIncidentStream(stream) ? incidentIdOf(stream) : null;
    if (caller.account.role === 'auditor' || incidentId === null) return;
    try {
      await this.door.visible(caller, incidentId);
    } catch (error) {
      throw error instanceof Refusal ? noSuchPosition(said) : error;
    }
  }
}
