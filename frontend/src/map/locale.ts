/** Chinese words for MapLibre's own controls. */

export const LOCALE: Record<string, string> = {
  'AttributionControl.ToggleAttribution': '显示或隐藏图面说明',
  'AttributionControl.MapFeedback': '反馈地图问题',
  'GeolocateControl.FindMyLocation': '我的位置',
  'GeolocateControl.LocationNotAvailable': '无法取得位置',
  'Map.Title': '标准地址地图。方向键移动，加减键缩放，回车查看地图中心处的地址',
  'NavigationControl.ZoomIn': '放大',
  'NavigationControl.ZoomOut': '缩小',
  'ScaleControl.Meters': '米',
  'ScaleControl.Kilometers': '公里',
  'CooperativeGesturesHandler.MobileHelpText': '用两个手指移动地图',
};
