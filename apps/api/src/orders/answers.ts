import { ApiProperty } from '@nestjs/swagger';

export class OrderAnswerBody {
  @ApiProperty({ enum: ['recorded', 'ignored', 'duplicate'], description: 'ignored: it already holds; duplicate: this command id was carried out before' }) status!: string;
  @ApiProperty({ format: 'uuid' }) incidentId!: string;
  @ApiProperty({ type: 'integer', description: 'What If-Match is compared with' }) revision!: number;
  @ApiProperty({ type: 'integer', description: 'Log position; readers can wait for it with x-wait-for-position' }) position!: number;
  @ApiProperty({ format: 'uuid', description: 'Also the number of the whistle or the supervision order that the command began' }) commandId!: string;
}
