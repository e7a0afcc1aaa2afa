/** The page of reserved numbers: list, review and decision, and the picture on the map. */

import type { Map as MapView } from 'maplibre-gl';

import { required } from '../dom.ts';
import { reloadTiles } from '../map/view.ts';
import { notify, sentence } from '../notice.ts';
import { SHEET_MEDIA } from '../panel/panel.ts';
import { ReservationList } from './list.ts';
import { addPicture, extent, type Moment, showPicture } from './picture.ts';
import { type Grounds, type Measure, questions, type Reservation, type Review, type SiteNumber } from './questions.ts';
import { reviewView } from './review_view.ts';

const NEAR_ZOOM = 18;

export class ReservationDesk {
  private readonly panel = required<HTMLElement>('#reservations');
  private readonly listBody = required<HTMLElement>('#reservation-list');
  private readonly reviewBody = required<HTMLElement>('#reservation-review');
  private readonly list: ReservationList;
  private chosen: Reservation | null = null;
  private review: Review | null = null;
  private by: Measure = 'planned';
  private moment: Moment = 'after';
  private revision = Date.now();

  constructor(
    private readonly map: MapView,
    private readonly csrf: string,
  ) {
    addPicture(map);
    this.list = new ReservationList((reservation) => void this.open(reservation));
    required<HTMLButtonElement>('#reservation-handle').addEventListener('click', () => this.panel.classList.toggle('tall'));
    document.addEventListener('keydown', (event) => {
      if (event.key === 'Escape' && this.chosen) this.close();
    });
  }

  /** Reads the list, anew after every decision. */
  async start(): Promise<void> {
    this.list.say('正在读取名单…');
    try {
      const found = await questions.reservations();
      this.list.show(found.items, found.complete);
      if (found.items.length === 0) this.list.say('还没有预留的号。');
      const again = found.items.find((item) => item.id === this.chosen?.id);
      if (again) await this.open(again, false);
    } catch (error) {
      this.list.say(sentence(error));
    }
  }

  private async open(reservation: Reservation, move = true): Promise<void> {
    this.chosen = reservation;
    if (move) [this.by, this.moment, this.review] = ['planned', 'after', null];
    this.listBody.hidden = true;
    this.reviewBody.hidden = false;
    this.draw();
    if (reservation.construction_plan_id === null) {
      if (move && reservation.lon !== null && reservation.lat !== null) {
        this.map.easeTo({ center: [reservation.lon, reservation.lat], zoom: 16 });
      }
      return;
    }
    try {
      const review = await questions.review(reservation.construction_plan_id, this.by);
      if (this.chosen !== reservation) return;
      this.review = review;
      this.draw();
      if (move) this.frame(review);
    } catch (error) {
      notify(sentence(error), 'bad');
    }
  }

  private draw(): void {
    if (!this.chosen) return;
    const view = reviewView(this.chosen, this.review, this.by, this.moment, {
      back: () => this.close(),
      measure: (by) => {
        this.by = by;
        if (this.chosen) void this.open(this.chosen, false);
      },
      look: (moment) => {
        this.moment = moment;
        this.draw();
      },
      lookAt: (one) => this.lookAt(one),
      apply: (grounds) => void this.apply(grounds),
      release: (grounds) => void this.decide((id) => questions.release(id, grounds, this.csrf), '已释放'),
      extend: (grounds, until) =>
        void this.decide((id) => questions.extend(id, { ...grounds, expires_on: until }, this.csrf), `已延至 ${until}`),
    });
    this.reviewBody.replaceChildren(...view);
    showPicture(this.map, this.review, this.moment);
  }

  private close(): void {
    this.chosen = null;
    this.review = null;
    this.reviewBody.hidden = true;
    this.listBody.hidden = false;
    showPicture(this.map, null, this.moment);
  }

  private lookAt(one: SiteNumber): void {
    if (one.lon === null || one.lat === null) return;
    this.map.easeTo({ center: [one.lon, one.lat], zoom: Math.max(this.map.getZoom(), NEAR_ZOOM) });
  }

  private async apply(grounds: Grounds): Promise<void> {
    const { review, by } = this;
    if (!review) return;
    const body = { ...grounds, by, digest: review.digest };
    await this.decide(() => questions.apply(review.construction_plan_id, body, this.csrf), '预留已按规划变更');
  }

  private async decide(act: (id: string) => Promise<unknown>, done: string): Promise<void> {
    if (!this.chosen) return;
    try {
      await act(this.chosen.id);
      notify(done);
      this.revision += 1;
      reloadTiles(this.map, this.revision);
    } catch (error) {
      notify(sentence(error), 'bad');
    }
    await this.start();
  }

  /** Brings the site into the part of the map that the panel leaves free. */
  private frame(review: Review): void {
    const panel = this.panel.getBoundingClientRect();
    const padding = window.matchMedia(SHEET_MEDIA).matches
      ? { left: 40, right: 40, top: 40, bottom: panel.height + 40 }
      : { left: panel.right + 60, right: 60, top: 60, bottom: 60 };
    this.map.fitBounds(extent(review), { padding, maxZoom: NEAR_ZOOM });
  }
}
