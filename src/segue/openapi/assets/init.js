// Starts Swagger UI; what it shows is said by the page that loads this file.
window.addEventListener("load", () => {
  const place = document.getElementById("swagger-ui");
  window.ui = SwaggerUIBundle({
    url: place.dataset.document,
    domNode: place,
    deepLinking: true,
    validatorUrl: null,
    oauth2RedirectUrl: new URL(place.dataset.redirect, location.href).href,
    presets: [SwaggerUIBundle.presets.apis],
    plugins: [],
    layout: "BaseLayout",
  });
});
